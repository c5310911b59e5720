/* setup.h: from a request to the options of an easy handle. */
#ifndef RT_SETUP_H
#define RT_SETUP_H

#include "transfer.h"

typedef enum { RT_SETUP_OK, RT_SETUP_NO_MEMORY, RT_SETUP_STORAGE } rt_setup_status;

/* Sets all options. On failure `detail` says which file it was; what was made so far is in the lane, for whoever empties it. */
rt_setup_status rt_setup(rt_lane *lane, rt_transfer *transfer, char *detail, size_t room);

/* The callbacks, in transfer.c. */
curl_socket_t rt_on_guarded_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address);
int rt_on_request(void *user, char *remote, char *local, int remote_port, int local_port);
size_t rt_on_header(char *line, size_t size, size_t count, void *user);
size_t rt_on_body(char *data, size_t size, size_t count, void *user);
size_t rt_on_read(char *into, size_t size, size_t count, void *user);
int rt_on_seek(void *user, curl_off_t offset, int origin);

#endif
