/* two_luas.c: runs a script in two versions of Lua that are in this one process, in two threads at once, and then once more in each.
   usage: two_luas ONE.so OTHER.so SCRIPT */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

typedef int runner(const char *script);

typedef struct {
  runner *run;
  const char *script;
  int failed;
} lua;

static void *work(void *user) {
  lua *one = user;
  one->failed = one->run(one->script);
  return NULL;
}

static runner *load(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL); /* local: both have a lua_pcall */
  runner *run = NULL;
  if (library) *(void **)&run = dlsym(library, "run_lua");
  if (!run) fprintf(stderr, "%s\n", dlerror());
  return run;
}

int main(int count, char **words) {
  lua luas[2] = {{NULL, NULL, 1}, {NULL, NULL, 1}};
  pthread_t threads[2];
  if (count != 4) return 2;
  for (int i = 0; i < 2; i++) {
    luas[i].run = load(words[i + 1]);
    luas[i].script = words[3];
    if (!luas[i].run) return 2;
  }
  for (int i = 0; i < 2; i++)
    if (pthread_create(&threads[i], NULL, work, &luas[i]) != 0) return 2;
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  if (luas[0].failed || luas[1].failed) return 1;
  return luas[1].run(words[3]) || luas[0].run(words[3]);
}
