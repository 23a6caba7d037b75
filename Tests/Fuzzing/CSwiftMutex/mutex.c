/* Lets the thread sanitizer see Swift's Mutex.
 *
 * The sanitizer sees a free mutex being taken, and being released while nobody waits, because that code is compiled into
 * whoever uses it. Waiting, and waking who waits, happens inside the toolchain's own library, which is not instrumented;
 * what was written under the mutex before then looks like a race. These two take the place of the library's functions,
 * call them, and say what they do. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

/* Synchronization._MutexHandle._lockSlow(UInt32) and _unlockSlow() */
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

typedef SWIFT void lock_slow(uint32_t thread, SELF void *mutex);
typedef SWIFT void unlock_slow(SELF void *mutex);

/* Of the sanitizer: all before the release at an address has happened before what follows an acquire there. */
void __tsan_acquire(void *address);
void __tsan_release(void *address);

SWIFT void olp_lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK_SLOW);
SWIFT void olp_unlock_slow(SELF void *mutex) __asm__(UNLOCK_SLOW);

static void *original(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) abort();
    return function;
}

SWIFT void olp_lock_slow(uint32_t thread, SELF void *mutex) {
    ((lock_slow *)original(LOCK_SLOW))(thread, mutex);
    __tsan_acquire(mutex);
}

SWIFT void olp_unlock_slow(SELF void *mutex) {
    __tsan_release(mutex);
    ((unlock_slow *)original(UNLOCK_SLOW))(mutex);
}
#endif
#endif
