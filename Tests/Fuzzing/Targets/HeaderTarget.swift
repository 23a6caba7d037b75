import Wire

enum HeaderTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        do throws(FrameHeader.Problem) {
            let header = try unsafe FrameHeader(reading: input)
            let written = bytes(of: header)
            for index in written.indices {
                let expected = unsafe input[index]
                require(written[index] == expected, "byte \(index) was \(expected), is written as \(written[index])")
            }
            let again: FrameHeader? = unsafe written.withUnsafeBytes { unsafe try? FrameHeader(reading: $0) }
            // Alone, the header is shorter than the protobuf part that it speaks of.
            require(again == header || header.headerLength > 0, "another header is read than was written")
            require(FrameHeader.byteCount + Int(header.headerLength) <= input.count, "the part is beyond the frame")
        } catch {
            require(unsafe isTrue(error, of: input), "\(error) is not what is wrong")
        }
    }

    private static func bytes(of header: FrameHeader) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: FrameHeader.byteCount) { buffer, count in
            unsafe header.write(into: UnsafeMutableRawBufferPointer(buffer))
            count = FrameHeader.byteCount
        }
    }

    private static func isTrue(_ problem: FrameHeader.Problem, of input: UnsafeRawBufferPointer) -> Bool {
        switch problem {
        case .tooShort: return input.count < 32
        case .wrongMagic: return unsafe input[0] != 0x5a
        case .unsupportedVersion(let version): return unsafe version != 1 && input[1] == version
        case .unknownKind(let kind, let isOptional):
            return unsafe input[2] == kind && !(1...12).contains(kind) && isOptional == (input[3] & 8 != 0)
        case .lengthBeyondFrame: return unsafe 32 + Int(input[6]) + 256 * Int(input[7]) > input.count
        }
    }
}
