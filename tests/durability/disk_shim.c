/* Loaded before the C library: writes down, in order, what reaches the files below some folders, and makes calls fail.

   DISK_ROOTS   folders, separated by colons; files elsewhere are left alone
   DISK_LOG     where the records go (absent: nothing is written down)
   DISK_FAULTS  a file of `struct fault`, shared with the test, which changes it while the program runs

   The call and its record happen under one lock, across threads and processes, so the log is the order of the disk.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, TRUNCATE = 3, CREATE = 4, UNLINK = 5, RENAME = 6, SYNC_FAILED = 7 };

struct record {
    uint8_t kind;
    uint8_t padding;
    uint16_t path_length;
    uint32_t size;
    uint64_t inode;
    uint64_t offset;
} __attribute__((packed));

struct fault {
    int32_t is_active;
    int32_t kind; /* WRITE or SYNC */
    int32_t error;
    int32_t skip;
    int32_t times; /* below zero: until switched off */
    int32_t hits;
    char ending[64];
} __attribute__((packed));

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int log_fd = -1;
static volatile struct fault *fault;
static char *roots[8];
static int root_count;

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static void begin(void) {
    char *list = getenv("DISK_ROOTS");
    if (list) {
        list = strdup(list);
        for (char *each = strtok(list, ":"); each && root_count < 8; each = strtok(NULL, ":")) roots[root_count++] = each;
    }
    const char *log = getenv("DISK_LOG");
    if (log) log_fd = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const char *faults = getenv("DISK_FAULTS");
    if (faults) {
        int fd = REAL(open)(faults, O_RDWR | O_CLOEXEC);
        if (fd >= 0) {
            void *found = mmap(NULL, sizeof(struct fault), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
            if (found != MAP_FAILED) fault = found;
            close(fd);
        }
    }
}

static int ends_with(const char *path, const char *ending) {
    size_t length = strlen(path), wanted = strlen(ending);
    return length >= wanted && strcmp(path + length - wanted, ending) == 0;
}

/* What is rebuilt at each start (the shared index) or means nothing (lock and ballast) is no part of the picture. */
static int is_ours(const char *path) {
    if (ends_with(path, "-shm") || ends_with(path, "/ballast") || ends_with(path, "/ballast.new")) return 0;
    for (int each = 0; each < root_count; each++) {
        size_t length = strlen(roots[each]);
        if (strncmp(path, roots[each], length) == 0 && (path[length] == '/' || path[length] == 0)) return 1;
    }
    return 0;
}

static int path_of(int fd, char *path) {
    char link[48];
    pthread_once(&once, begin);
    if (!root_count) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return is_ours(path);
}

static void enter(void) {
    pthread_mutex_lock(&lock);
    if (log_fd >= 0) flock(log_fd, LOCK_EX);
}

static void leave(void) {
    int kept = errno;
    if (log_fd >= 0) flock(log_fd, LOCK_UN);
    pthread_mutex_unlock(&lock);
    errno = kept;
}

static void note(int kind, const char *path, uint64_t inode, uint64_t offset, const void *content, size_t size) {
    if (log_fd < 0) return;
    int kept = errno;
    struct record record = {kind, 0, strlen(path), size, inode, offset};
    struct iovec parts[3] = {{&record, sizeof record}, {(void *)path, record.path_length}, {(void *)content, size}};
    REAL(writev)(log_fd, parts, size ? 3 : 2);
    errno = kept;
}

static uint64_t inode_of(int fd) {
    struct stat found;
    return fstat(fd, &found) == 0 ? found.st_ino : 0;
}

static int fails(int kind, const char *path) {
    if (!fault || !fault->is_active || fault->kind != kind || !ends_with(path, (const char *)fault->ending)) return 0;
    if (__sync_fetch_and_sub(&fault->skip, 1) > 0) return 0;
    fault->skip = 0;
    if (fault->times == 0) return 0;
    if (fault->times > 0) __sync_fetch_and_sub(&fault->times, 1);
    __sync_fetch_and_add(&fault->hits, 1);
    errno = fault->error;
    return 1;
}

static ssize_t write_at(int fd, const void *content, size_t size, off64_t offset, int is_placed) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return is_placed ? REAL(pwrite64)(fd, content, size, offset) : REAL(write)(fd, content, size);
    enter();
    ssize_t done = -1;
    if (!fails(WRITE, path)) {
        done = is_placed ? REAL(pwrite64)(fd, content, size, offset) : REAL(write)(fd, content, size);
        if (done > 0) {
            if (!is_placed) offset = lseek64(fd, 0, SEEK_CUR) - done;
            note(WRITE, path, inode_of(fd), offset, content, done);
        }
    }
    leave();
    return done;
}

ssize_t write(int fd, const void *content, size_t size) { return write_at(fd, content, size, 0, 0); }
ssize_t pwrite(int fd, const void *content, size_t size, off_t offset) { return write_at(fd, content, size, offset, 1); }
ssize_t pwrite64(int fd, const void *content, size_t size, off64_t offset) { return write_at(fd, content, size, offset, 1); }

static int sync_with(int (*call)(int), int fd) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return call(fd);
    enter();
    int done = -1;
    if (fails(SYNC, path)) {
        note(SYNC_FAILED, path, inode_of(fd), 0, NULL, 0);
    } else {
        done = call(fd);
        if (done == 0) note(SYNC, path, inode_of(fd), 0, NULL, 0);
    }
    leave();
    return done;
}

int fsync(int fd) { return sync_with(REAL(fsync), fd); }
int fdatasync(int fd) { return sync_with(REAL(fdatasync), fd); }

static int truncate_to(int fd, off64_t size) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return REAL(ftruncate64)(fd, size);
    enter();
    int done = REAL(ftruncate64)(fd, size);
    if (done == 0) note(TRUNCATE, path, inode_of(fd), size, NULL, 0);
    leave();
    return done;
}

int ftruncate(int fd, off_t size) { return truncate_to(fd, size); }
int ftruncate64(int fd, off64_t size) { return truncate_to(fd, size); }

static int open_noted(int folder, const char *name, int flags, mode_t mode) {
    pthread_once(&once, begin);
    if (!root_count || !(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE)
        return REAL(openat64)(folder, name, flags, mode);
    enter();
    int is_new = faccessat(folder, name, F_OK, 0) != 0;
    int fd = REAL(openat64)(folder, name, flags, mode);
    char path[PATH_MAX];
    if (fd >= 0 && path_of(fd, path)) {
        if (is_new) note(CREATE, path, inode_of(fd), 0, NULL, 0);
        else if (flags & O_TRUNC) note(TRUNCATE, path, inode_of(fd), 0, NULL, 0);
    }
    leave();
    return fd;
}

#define OPEN(folder)                            \
    mode_t mode = 0;                            \
    if (flags & (O_CREAT | O_TMPFILE)) {        \
        va_list more;                           \
        va_start(more, flags);                  \
        mode = va_arg(more, mode_t);            \
        va_end(more);                           \
    }                                           \
    return open_noted(folder, name, flags, mode)

int open(const char *name, int flags, ...) { OPEN(AT_FDCWD); }
int open64(const char *name, int flags, ...) { OPEN(AT_FDCWD); }
int openat(int folder, const char *name, int flags, ...) { OPEN(folder); }
int openat64(int folder, const char *name, int flags, ...) { OPEN(folder); }

int unlink(const char *name) {
    char path[PATH_MAX];
    pthread_once(&once, begin);
    if (!root_count || !realpath(name, path) || !is_ours(path)) return REAL(unlink)(name);
    enter();
    int done = REAL(unlink)(name);
    if (done == 0) note(UNLINK, path, 0, 0, NULL, 0);
    leave();
    return done;
}

int rename(const char *from, const char *to) {
    char old[PATH_MAX], new[PATH_MAX];
    pthread_once(&once, begin);
    if (!root_count || !realpath(from, old) || !is_ours(old)) return REAL(rename)(from, to);
    enter();
    int done = REAL(rename)(from, to);
    if (done == 0) {
        if (!realpath(to, new)) strcpy(new, to);
        note(RENAME, old, 0, 0, new, strlen(new));
    }
    leave();
    return done;
}
