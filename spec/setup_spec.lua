-- The set-up, on machines that lack things. Only what a machine is asked for is replaced: the programs on its PATH.

local function run(command)
  local pipe = assert(io.popen(command .. ' 2>&1; echo "exit $?"'))
  local text = pipe:read "*a"
  pipe:close()
  local output, status = text:match "^(.*)exit (%d+)\n$"
  return output, tonumber(status)
end

describe("make", function()
  it("help names the commands", function()
    local output, status = run "make -s help"
    assert.equal(0, status)
    for _, target in ipairs { "demo", "test", "build", "bench", "clean" } do assert.truthy(output:find("make " .. target, 1, true), target) end
  end)

  it("without a target says the same and does nothing", function() assert.equal((run "make -s help"), (run "make -s")) end)
end)

describe("tools/setup.sh", function()
  local folder

  local function program(name, text)
    local path = folder .. "/" .. name
    local file = assert(io.open(path, "w"))
    file:write("#!/bin/sh\n", text, "\n")
    file:close()
    assert.equal(0, select(2, run("chmod +x " .. path)))
  end

  before_each(function()
    folder = (run "mktemp -d"):match "^(%S+)\n"
    for _, name in ipairs { "sh", "sed", "tr", "cat", "mktemp", "rm", "tail", "env" } do
      run(("ln -s $(command -v %s) %s/%s"):format(name, folder, name))
    end
  end)

  after_each(function() run("rm -rf " .. folder) end)

  local function setup_machine(what) return run(("PATH=%s /bin/sh tools/setup.sh %s </dev/null"):format(folder, what)) end

  local HAS_NOTHING = "exit 1"
  local HAS_ALL = 'shift 2; for package; do echo "installed $package"; done'

  it("says nothing where nothing is missing", function()
    program("dpkg-query", HAS_ALL)
    local output, status = setup_machine "demo"
    assert.equal("", output)
    assert.equal(0, status)
  end)

  it("prints what to install where there is no apt-get", function()
    program("dpkg-query", HAS_NOTHING)
    program("id", "echo 0")
    local output, status = setup_machine "demo"
    assert.equal(1, status)
    assert.truthy(output:find("apt-get install -y --no-install-recommends gcc ", 1, true), output)
    for _, package in ipairs { "lua5.4", "liblua5.4-dev", "libcurl4-openssl-dev", "lua-cjson", "lua-http" } do
      assert.truthy(output:find(" " .. package, 1, true), package)
    end
    assert.is_nil(output:find("valgrind ", 1, true) and output:match "recommends[^\n]*valgrind")
  end)

  it("names only what is missing", function()
    program("dpkg-query", 'shift 2; for package; do [ $package = lua-http ] || echo "installed $package"; done')
    program("id", "echo 0")
    local output = setup_machine "demo"
    assert.truthy(output:find("recommends lua%-http *\n"), output)
  end)

  it("prints the same where nobody is root and there is no sudo, and runs nothing", function()
    program("dpkg-query", HAS_NOTHING)
    program("apt-get", "echo ran >" .. folder .. "/ran")
    program("id", "echo 1000")
    local output, status = setup_machine "test"
    assert.equal(1, status)
    assert.truthy(output:find("neither root nor sudo", 1, true), output)
    assert.truthy(output:match "recommends[^\n]*lua%-busted")
    assert.is_nil(io.open(folder .. "/ran"))
  end)

  it("updates the lists and installs through sudo", function()
    program("dpkg-query", HAS_NOTHING)
    program("apt-get", 'echo "$@" >>' .. folder .. "/ran")
    program("id", "echo 1000")
    program("sudo", '[ "$1" = -n ] && shift; exec "$@"')
    program("true", "")
    local output, status = setup_machine "demo"
    assert.equal(0, status, output)
    local file = assert(io.open(folder .. "/ran"))
    local ran = file:read "*a"
    file:close()
    assert.truthy(ran:match "^[^\n]*update\n[^\n]*install %-y %-%-no%-install%-recommends gcc [^\n]*lua5%.4", ran)
  end)

  it("shows the end of what apt-get said where that failed", function()
    program("dpkg-query", HAS_NOTHING)
    program("apt-get", "echo E: no such mirror; exit 100")
    program("id", "echo 0")
    local output, status = setup_machine "demo"
    assert.equal(1, status)
    assert.truthy(output:find("E: no such mirror", 1, true), output)
  end)

  it("tells what retake needs on a machine without Debian's packages", function()
    local output, status = setup_machine "demo"
    assert.equal(1, status)
    assert.truthy(output:find("not found: cc make lua5.4", 1, true), output)
    assert.truthy(output:find("libcurl", 1, true))
  end)

  it("refuses another word", function() assert.equal(2, select(2, setup_machine "everything")) end)
end)
