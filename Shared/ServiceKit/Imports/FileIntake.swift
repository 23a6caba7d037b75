package import RPC
package import Wire

/// Takes in a file that comes as a stream of pieces.
package struct FileIntake: Sendable {
    /// Most bytes of a file.
    package let largest: Int

    package init(largest: Int) {
        self.largest = largest
    }

    /// Keeps the bytes in chunks of one size, however they come. Returns how many there were.
    /// - Parameters:
    ///   - announced: How many were said to come; 0: not said.
    ///   - piece: The bytes of a message; nil for one that brings none.
    ///   - keep: Keeps a chunk under its number, from 0.
    package func receive<Request: Message>(
        _ requests: RequestStream<Request>, announced: Int64, piece: (Request) -> [UInt8]?,
        keep: ([UInt8], Int) async throws -> Void
    ) async throws -> Int64 {
        let chunkBytes = ChunkTable.chunkBytes
        var total = 0
        var number = 0
        var chunk: [UInt8] = []
        while let request = try await requests.next() {
            guard let bytes = piece(request), bytes.count <= chunkBytes else {
                throw RPCError(.invalidArgument, """
                    After the head each message must bring at most \(chunkBytes) bytes of the file.
                    """)
            }
            total += bytes.count
            guard total <= largest else {
                throw RPCError(.invalidArgument, "The file is larger than \(largest) bytes. It is not kept.")
            }
            chunk += bytes
            while chunk.count >= chunkBytes {
                try await keep(Array(chunk.prefix(chunkBytes)), number)
                chunk.removeFirst(chunkBytes)
                number += 1
            }
        }
        guard total > 0 else { throw RPCError(.invalidArgument, "The file is empty. It is not kept.") }
        guard announced == 0 || announced == Int64(total) else {
            throw RPCError(.invalidArgument, """
                The head announced \(announced) bytes, but \(total) came. The file is not kept; upload it again.
                """)
        }
        if !chunk.isEmpty { try await keep(chunk, number) }
        return Int64(total)
    }
}
