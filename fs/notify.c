// SPDX-License-Identifier: Apache-2.0
/* The protocol of sd_notify(3), without its library; see notify.h. */
#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"

void notify_ready(void)
{
	static const char text[] = "READY=1";
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *name = getenv("NOTIFY_SOCKET");
	CLEANUP(closep) int fd = -1;
	size_t len = name ? strlen(name) : 0;

	if (len < 2 || len > sizeof(a.sun_path) ||
	    (name[0] != '@' && name[0] != '/'))
		return;
	memcpy(a.sun_path, name, len);
	if (name[0] == '@')
		a.sun_path[0] = '\0'; /* abstract, unix(7) */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    sendto(fd, text, sizeof(text) - 1, MSG_NOSIGNAL,
		   (struct sockaddr *)&a,
		   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) <
		    0)
		log_warn("cannot tell NOTIFY_SOCKET that the mount is there "
			 "error=%s",
			 strerror(errno));
}
