import CFuzzing
import Wire

/// Memory behind whose last byte nothing may be touched. What is in it lasts until the next call.
enum EdgeMemory {
    static func copy(of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let copy = unsafe UnsafeMutableRawBufferPointer(start: olp_fuzzing_edge(0, bytes.count), count: bytes.count)
        unsafe copy.copyMemory(from: bytes)
        return UnsafeRawBufferPointer(copy)
    }

    /// A message's bytes, packed into memory that has room for them and no more.
    static func encoded(_ message: some Message) -> [UInt8] {
        message.withPacking { packing in
            let target = unsafe UnsafeMutableRawBufferPointer(
                start: olp_fuzzing_edge(1, packing.byteCount), count: packing.byteCount)
            unsafe packing.pack(into: target)
            return unsafe [UInt8](target)
        }
    }
}

/// How much of the heap something takes.
enum Heap {
    /// The most bytes that were taken at once beyond those from before.
    static func peak(of body: () -> Void) -> Int {
        olp_fuzzing_watch_heap()
        body()
        return olp_fuzzing_heap_peak()
    }
}
