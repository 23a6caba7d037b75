#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Memory that is handed out by moving a pointer and given back all at once: a stack of marks.
/// Each thread has one and uses it again for every message.
///
/// Invariant that makes this safe: an arena is reached only through `Arena.ofThisThread`, inside
/// synchronous calls that take a mark, and release it before they return. So it is never used by
/// two threads, and calls nest like a stack.
@safe
package struct Arena {
    /// Chunks up to this many bytes in all stay with the thread between calls.
    static let retainedBytes = 256 * 1024
    private static let firstChunkBytes = 16 * 1024
    /// Every block is aligned to this; the C structs need no more.
    private static let alignment = 8

    /// At the beginning of each chunk.
    @unsafe
    fileprivate struct Chunk {
        var previous: UnsafeMutablePointer<Chunk>?
        var byteCount: Int
    }

    @unsafe
    private struct State {
        var next: UnsafeMutableRawPointer
        var end: UnsafeMutableRawPointer
        var chunk: UnsafeMutablePointer<Chunk>
        /// Marks that were taken and not yet released.
        var marks = 0
    }

    /// A place to go back to.
    @unsafe
    package struct Mark {
        fileprivate let next: UnsafeMutableRawPointer
        fileprivate let chunk: UnsafeMutablePointer<Chunk>
    }

    private let state: UnsafeMutablePointer<State>

    private init(state: UnsafeMutablePointer<State>) {
        unsafe self.state = state
    }

    // MARK: The thread's arena

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let failure = unsafe pthread_key_create(&key) { pointer in
            #if canImport(Darwin)
            let state: UnsafeMutableRawPointer = unsafe pointer
            #else
            guard let state = unsafe pointer else { return }
            #endif
            unsafe Arena(state: state.assumingMemoryBound(to: State.self)).destroy()
        }
        precondition(failure == 0, "no thread-local slot is left for the message arena (errno \(failure))")
        return key
    }()

    package static var ofThisThread: Arena {
        if let state = unsafe pthread_getspecific(key) {
            return unsafe Arena(state: state.assumingMemoryBound(to: State.self))
        }
        return makeForThisThread()
    }

    @inline(never)
    private static func makeForThisThread() -> Arena {
        let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
        let chunk = unsafe makeChunk(byteCount: firstChunkBytes, previous: nil)
        unsafe state.initialize(
            to: State(next: firstByte(of: chunk), end: end(of: chunk), chunk: chunk))
        let failure = unsafe pthread_setspecific(key, state)
        precondition(failure == 0, "the message arena cannot be kept with its thread (errno \(failure))")
        return unsafe Arena(state: state)
    }

    private func destroy() {
        var chunk: UnsafeMutablePointer<Chunk>? = unsafe state.pointee.chunk
        while let dead = unsafe chunk {
            unsafe chunk = dead.pointee.previous
            unsafe UnsafeMutableRawPointer(dead).deallocate()
        }
        unsafe state.deallocate()
    }

    // MARK: Blocks

    /// A block of uninitialised memory, valid until a mark that was taken before is released.
    @inline(__always)
    package func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        let size = (byteCount + (Arena.alignment - 1)) & ~(Arena.alignment - 1)
        let block = unsafe state.pointee.next
        guard unsafe size <= state.pointee.end - block else { return unsafe allocateInNewChunk(byteCount: size) }
        unsafe state.pointee.next = block + size
        return unsafe block
    }

    @inline(never)
    private func allocateInNewChunk(byteCount: Int) -> UnsafeMutableRawPointer {
        let current = unsafe state.pointee.chunk
        let wanted = unsafe max(byteCount + MemoryLayout<Chunk>.stride, 2 * current.pointee.byteCount)
        let chunk = unsafe Arena.makeChunk(byteCount: wanted, previous: current)
        let block = unsafe Arena.firstByte(of: chunk)
        unsafe state.pointee.next = block + byteCount
        unsafe state.pointee.end = Arena.end(of: chunk)
        unsafe state.pointee.chunk = chunk
        return unsafe block
    }

    package func mark() -> Mark {
        unsafe state.pointee.marks += 1
        return unsafe Mark(next: state.pointee.next, chunk: state.pointee.chunk)
    }

    /// Gives back all blocks that were handed out since the mark. Marks are released in the reverse
    /// of the order in which they were taken.
    package func release(to mark: Mark) {
        unsafe state.pointee.marks -= 1
        unsafe state.pointee.next = mark.next
        if unsafe state.pointee.chunk != mark.chunk { unsafe releaseChunks(after: mark.chunk) }
    }

    /// Frees the chunks above the mark's. When no mark is left and the topmost chunk is of a size worth
    /// keeping, that one stays as the thread's only chunk, so that the next such message fits at once.
    @inline(never)
    private func releaseChunks(after bottom: UnsafeMutablePointer<Chunk>) {
        let top = unsafe state.pointee.chunk
        let keepsTop = unsafe state.pointee.marks == 0 && top.pointee.byteCount <= Arena.retainedBytes
        var chunk = unsafe keepsTop ? top.pointee.previous : top
        while let dead = unsafe chunk, unsafe keepsTop || dead != bottom {
            unsafe chunk = dead.pointee.previous
            unsafe UnsafeMutableRawPointer(dead).deallocate()
        }
        let survivor = unsafe keepsTop ? top : bottom
        if keepsTop {
            unsafe top.pointee.previous = nil
            unsafe state.pointee.next = Arena.firstByte(of: top)
        }
        unsafe state.pointee.chunk = survivor
        unsafe state.pointee.end = Arena.end(of: survivor)
    }

    /// Bytes of all chunks, handed out or not.
    var heldBytes: Int {
        var total = 0
        var chunk: UnsafeMutablePointer<Chunk>? = unsafe state.pointee.chunk
        while let current = unsafe chunk {
            unsafe total += current.pointee.byteCount
            unsafe chunk = current.pointee.previous
        }
        return total
    }

    // MARK: Chunks

    private static func makeChunk(
        byteCount: Int, previous: UnsafeMutablePointer<Chunk>?
    ) -> UnsafeMutablePointer<Chunk> {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
        let chunk = unsafe memory.bindMemory(to: Chunk.self, capacity: 1)
        unsafe chunk.initialize(to: Chunk(previous: previous, byteCount: byteCount))
        return unsafe chunk
    }

    private static func firstByte(of chunk: UnsafeMutablePointer<Chunk>) -> UnsafeMutableRawPointer {
        unsafe UnsafeMutableRawPointer(chunk) + MemoryLayout<Chunk>.stride
    }

    private static func end(of chunk: UnsafeMutablePointer<Chunk>) -> UnsafeMutableRawPointer {
        unsafe UnsafeMutableRawPointer(chunk) + chunk.pointee.byteCount
    }
}
