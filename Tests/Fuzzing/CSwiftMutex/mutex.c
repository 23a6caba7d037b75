/* Lets the thread sanitizer see Swift's Mutex.
 *
 * The sanitizer sees a mutex that is free being taken, and every release, because that code is compiled into whoever uses
 * it. Waiting for a mutex happens inside the toolchain's own library, which is not instrumented; what was written under the
 * mutex before then looks like a race. This function takes the place of the library's, calls it, and says what it has done. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

/* Synchronization._MutexHandle._lockSlow(UInt32) */
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"

typedef __attribute__((swiftcall)) void lock_slow(uint32_t thread, __attribute__((swift_context)) void *mutex);

/* Of the sanitizer: all that was released at this address has happened before. */
void __tsan_acquire(void *address);

lock_slow olp_lock_slow __asm__(LOCK_SLOW);

__attribute__((swiftcall)) void olp_lock_slow(uint32_t thread, __attribute__((swift_context)) void *mutex) {
    static _Atomic(lock_slow *) original;
    lock_slow *call = atomic_load(&original);
    if (!call) {
        call = (lock_slow *)dlsym(RTLD_NEXT, LOCK_SLOW);
        if (!call) abort();
        atomic_store(&original, call);
    }
    call(thread, mutex);
    __tsan_acquire(mutex);
}
#endif
#endif
