// SPDX-License-Identifier: Apache-2.0
/*
 * Leaves a dirty page in a file's page cache that no mapping and no descriptor
 * accounts for: direct I/O into a shared mapping of the file pins the page, and
 * ends when the mapping is gone and the file closed. The I/O is a read from a
 * file system of our own, which answers when it is told to.
 *
 *     pinned FILE DIRECTORY     (DIRECTORY: where to mount ours)
 *
 * Writes 'w' to the first page by the mapping and 'e' by the late I/O; prints
 * what two readers then see: "w w", "e e" ...
 */
#define FUSE_USE_VERSION 34
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE  4096
#define SLOW  2 /* the inode number of our only file */
#define PAUSE 300000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool asked, answer;

static char path[4096];
static void *map;

static struct stat attr_of(fuse_ino_t ino)
{
	if (ino == SLOW)
		return (struct stat){ .st_ino = ino,
				      .st_mode = S_IFREG | 0600,
				      .st_nlink = 1,
				      .st_size = PAGE };
	return (struct stat){ .st_ino = ino,
			      .st_mode = S_IFDIR | 0700,
			      .st_nlink = 1 };
}

static void slow_getattr(fuse_req_t req, fuse_ino_t ino,
			 struct fuse_file_info *fi)
{
	struct stat st = attr_of(ino);

	(void)fi;
	(void)fuse_reply_attr(req, &st, 1);
}

static void slow_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param e = { .ino = SLOW, .attr = attr_of(SLOW) };

	(void)parent;
	(void)name;
	(void)fuse_reply_entry(req, &e);
}

static void slow_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	fi->direct_io = 1;
	(void)fuse_reply_open(req, fi);
}

static void slow_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		      struct fuse_file_info *fi)
{
	char page[PAGE];

	(void)ino;
	(void)off;
	(void)fi;
	memset(page, 'e', sizeof(page));
	(void)pthread_mutex_lock(&lock);
	asked = true;
	(void)pthread_cond_signal(&changed);
	while (!answer)
		(void)pthread_cond_wait(&changed, &lock);
	(void)pthread_mutex_unlock(&lock);
	(void)fuse_reply_buf(req, page, size < PAGE ? size : PAGE);
}

static const struct fuse_lowlevel_ops ops = {
	.lookup = slow_lookup,
	.getattr = slow_getattr,
	.open = slow_open,
	.read = slow_read,
};

static void *serve(void *session)
{
	(void)fuse_session_loop(session);
	return NULL;
}

static void *read_slowly(void *arg)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, map, PAGE) != PAGE)
		perror(path);
	if (fd >= 0)
		(void)close(fd);
	return arg;
}

static char first(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	char c = '?';

	if (fd < 0 || read(fd, &c, 1) != 1)
		perror(file);
	if (fd >= 0)
		(void)close(fd);
	return c;
}

static bool scribble(const char *file)
{
	int fd = open(file, O_RDWR | O_CLOEXEC);
	pthread_t reader;

	map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd < 0 || map == MAP_FAILED) {
		perror(file);
		return false;
	}
	memset(map, 'w', PAGE);
	if (pthread_create(&reader, NULL, read_slowly, NULL))
		return false;
	(void)pthread_mutex_lock(&lock);
	while (!asked)
		(void)pthread_cond_wait(&changed, &lock);
	(void)pthread_mutex_unlock(&lock);
	(void)munmap(map, PAGE);
	(void)close(fd);
	(void)usleep(PAUSE); /* the release is done */
	(void)pthread_mutex_lock(&lock);
	answer = true;
	(void)pthread_cond_signal(&changed);
	(void)pthread_mutex_unlock(&lock);
	(void)pthread_join(reader, NULL);
	return true;
}

int main(int argc, char **argv)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct fuse_session *session;
	pthread_t server;
	bool good;

	if (argc != 3 || fuse_opt_add_arg(&args, "pinned"))
		return 2;
	session = fuse_session_new(&args, &ops, sizeof(ops), NULL);
	fuse_opt_free_args(&args);
	if (!session || fuse_session_mount(session, argv[2]) ||
	    pthread_create(&server, NULL, serve, session))
		return 2;
	(void)snprintf(path, sizeof(path), "%s/slow", argv[2]);
	good = scribble(argv[1]);
	if (good) {
		char one = first(argv[1]), two = first(argv[1]);

		(void)printf("%c %c\n", one, two);
	}
	/* the server ends by that; what follows only closes its descriptor */
	(void)umount2(argv[2], 0);
	(void)pthread_join(server, NULL);
	fuse_session_unmount(session);
	fuse_session_destroy(session);
	return good ? 0 : 2;
}
