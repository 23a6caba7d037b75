import Glibc

// Calls and streams over grpc-swift-2:
//
//   grpc-swift serve ENDPOINT                                          prints "ready"
//   grpc-swift call ENDPOINT PID unary|stream|bulk IN_FLIGHT SECONDS WARM_UP BYTES
@main
struct Program {
    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        switch (words.first, words.count) {
        case ("serve", 2):
            try await serve(Endpoint(words[1]))
        case ("call", 8):
            guard let pid = pid_t(words[2]), let inFlight = Int(words[4]), let seconds = Double(words[5]),
                let warmUp = Double(words[6]), let bytes = Int(words[7])
            else { usage() }
            let client = Client(
                endpoint: Endpoint(words[1]), server: pid, inFlight: inFlight, sample: .padded(to: bytes),
                seconds: seconds, warmUp: warmUp)
            switch words[3] {
            case "stream": try await client.streams()
            case "bulk": try await client.callsBesideBulk()
            default: try await client.calls()
            }
        default: usage()
        }
    }

    private static func usage() -> Never {
        Output.line("usage: grpc-swift serve ENDPOINT")
        Output.line("       grpc-swift call ENDPOINT PID unary|stream|bulk IN_FLIGHT SECONDS WARM_UP BYTES")
        exit(64)
    }
}

enum Output {
    /// At once, and without the C library's global streams.
    static func line(_ text: String) {
        let line = text + "\n"
        _ = line.withCString { write(1, $0, line.utf8.count) }
    }
}
