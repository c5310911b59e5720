std = "min"
max_line_length = 150
files["examples/*_spec.lua"] = { std = "min+busted" }
files["spec"] = { std = "min+busted", max_line_length = 170 }
files["bench/hosts/love"] = { std = "luajit+love" }
files["spec/hosts/love"] = { std = "luajit+love" }
files["spec/hosts/love_film"] = { std = "luajit+love" }
files["examples/love"] = { std = "luajit+love" }
