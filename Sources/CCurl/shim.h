// Swift cannot call C variadics (curl_easy_setopt and its kin): each kind of argument gets a function here.
// The parentheses round the curl name bypass curl's type-checking macros.
#pragma once
#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/types.h>
#include <unistd.h>

static inline CURLcode rsd_curl_set_long(CURL *handle, CURLoption option, long value) {
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode rsd_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode rsd_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode rsd_curl_set_bytes(CURL *handle, CURLoption option, const void *value) {
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode rsd_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode rsd_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(handle, option, value);
}

typedef size_t (*rsd_curl_sink)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode rsd_curl_set_sink(CURL *handle, CURLoption option, rsd_curl_sink sink) {
    return (curl_easy_setopt)(handle, option, sink);
}

static inline CURLcode rsd_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(handle, info, value);
}

static inline CURLcode rsd_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return (curl_easy_getinfo)(handle, info, value);
}

static inline CURLMcode rsd_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

static inline CURLMcode rsd_curl_multi_watch_sockets(CURLM *multi, curl_socket_callback watch, void *context) {
    CURLMcode code = (curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, watch);
    return code == CURLM_OK ? (curl_multi_setopt)(multi, CURLMOPT_SOCKETDATA, context) : code;
}

static inline CURLMcode rsd_curl_multi_watch_timer(CURLM *multi, curl_multi_timer_callback watch, void *context) {
    CURLMcode code = (curl_multi_setopt)(multi, CURLMOPT_TIMERFUNCTION, watch);
    return code == CURLM_OK ? (curl_multi_setopt)(multi, CURLMOPT_TIMERDATA, context) : code;
}

// Values that Swift does not see: enumerations and macros with casts.
static const int rsd_epoll_cloexec = EPOLL_CLOEXEC;
static const int rsd_eventfd_flags = EFD_CLOEXEC | EFD_NONBLOCK;
static const uint32_t rsd_epoll_in = EPOLLIN;
static const uint32_t rsd_epoll_out = EPOLLOUT;
static const uint32_t rsd_epoll_broken = EPOLLERR | EPOLLHUP;
static const curl_socket_t rsd_curl_socket_timeout = CURL_SOCKET_TIMEOUT;

// The result of a finished transfer is a member of a union, which Swift does not see.
static inline CURLcode rsd_curl_message_result(const CURLMsg *message) {
    return message->data.result;
}

// Where this libcurl expects certificates of authorities unless told otherwise; NULL if it does not say.
static inline const char *rsd_curl_authorities(void) {
#if LIBCURL_VERSION_NUM >= 0x074600
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    if (info && info->age >= CURLVERSION_SEVENTH) return info->cainfo;
#endif
    return NULL;
}

// Not curl's: Linux calls that are variadic (syscall) or that the Glibc module does not export. A pidfd names one
// process for good, where a pid may be somebody else's a moment later.
static inline int rsd_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

static inline int rsd_pidfd_send_signal(int descriptor, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, descriptor, signal, (void *)0, 0);
}

// What kind of file system a file lies on, by the kernel's number; -1 where that cannot be told.
static inline long rsd_file_system(int descriptor) {
    struct statfs status;
    return fstatfs(descriptor, &status) == 0 ? (long)status.f_type : -1;
}

// Lets all else on the machine read and run before the calling thread: the idle class of I/O, and the lowest priority. Neither is
// worth a failure.
static inline void rsd_yield_to_all(void) {
    const int thread = 1, idle = 3 << 13;
    syscall(SYS_ioprio_set, thread, 0, idle);
    setpriority(PRIO_PROCESS, 0, 19);
}
