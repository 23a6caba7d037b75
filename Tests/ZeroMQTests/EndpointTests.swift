import Testing
import ZeroMQ

@Suite("Endpoints")
struct EndpointTests {
    @Test("of ipc and tcp are taken as written", arguments: ["ipc:///run/olp/partnership", "tcp://127.0.0.1:7001", "tcp://*:*"])
    func accepted(text: String) throws {
        #expect(try Endpoint(text).description == text)
    }

    @Test("that cannot be used are refused with a reason", arguments: [
        ("partnership", "scheme"), ("ws://127.0.0.1:80", "only ipc"), ("udp://127.0.0.1:80", "only ipc"),
        ("inproc://x", "only ipc"), ("ipc://relative", "absolute"), ("tcp://127.0.0.1", "host:port"),
        ("tcp://:80", "host:port"), ("tcp://127.0.0.1:99999", "port"),
        ("ipc:///" + String(repeating: "x", count: 107), "108 bytes"),
    ])
    func refused(text: String, reason: String) {
        let problem = #expect(throws: Endpoint.Problem.self) { try Endpoint(text) }
        #expect(problem?.reason.contains(reason) == true, "\(text): \(problem?.reason ?? "")")
    }
}
