import Contracts
import HTTPClient
import RPC
import TestSupport
import Testing

@testable import GatewayService

@Suite("Imports of applications over HTTP")
struct ApplicationImportRouteTests {
    private static func upload(_ calls: Calls) -> (inout RPC.Router) -> Void {
        { router in
            router.clientStreaming(ApplicationImportsMethods.uploadApplicationFile) {
                (requests: RequestStream<EnrolmentV1.UploadApplicationFileRequest>, context) -> EnrolmentV1.ApplicationImport in
                var bytes = 0
                while let request = try await requests.next() {
                    switch request.part {
                    case .head(let head): calls.add("head \(head.importId) \(head.name) \(head.bytesTotal)")
                    case .bytes(let part): bytes += part.count
                    case nil: break
                    }
                }
                calls.add("complete \(bytes) \(context.idempotencyKey ?? "")")
                return EnrolmentV1.ApplicationImport(id: "i", version: 3)
            }
        }
    }

    @Test("a file goes on in parts, with its name and size")
    func file() async throws {
        let calls = Calls()
        try await Harness.run(Self.upload(calls)) { gateway in
            let reply = try await gateway.send(
                "PUT", "/v1/application-imports/i1/file?name=autumn%20list.csv",
                [Harness.authorization, ("Content-Type", "text/csv"), ("Idempotency-Key", "k")],
                body: .bytes([UInt8](repeating: 65, count: 1_000_000)))
            #expect(reply.status == 200 && reply.field("ETag") == "\"3\"")
            #expect(reply.text.contains(#""id":"i""#))
            #expect(calls.all == ["head i1 autumn list.csv 1000000", "complete 1000000 k"])
        }
    }

    @Test(
        "only what can be a CSV file is taken, or what says nothing of itself",
        arguments: [
            (nil, 200), ("text/csv; charset=windows-1252; header=present", 200), ("Application/Octet-Stream", 200),
            ("text/plain", 200), ("application/json", 415), ("application/x-www-form-urlencoded", 415),
            ("multipart/form-data; boundary=x", 415),
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 415),
        ] as [(String?, Int)])
    func types(type: String?, status: Int) async throws {
        let calls = Calls()
        try await Harness.run(Self.upload(calls)) { gateway in
            let fields = [Harness.authorization] + (type.map { [("Content-Type", $0)] } ?? [])
            let reply = try await gateway.send(
                "PUT", "/v1/application-imports/i1/file", fields, body: .bytes(Array("a,b\n".utf8)))
            #expect(reply.status == status)
            #expect(calls.all.isEmpty == (status == 415))
        }
    }

    @Test("an import is watched as events until it has ended")
    func watched() async throws {
        try await Harness.run({ router in
            router.serverStreaming(ApplicationImportsMethods.watchApplicationImport) {
                (request: EnrolmentV1.GetApplicationImportRequest, writer: ResponseWriter<EnrolmentV1.ApplicationImport>, _) in
                guard request.id == "i1" else { throw RPCError(.notFound, "There is no import \(request.id).") }
                try await writer.write(.init(id: "i1", state: .running, rowsRead: 10, version: 2))
                try await writer.write(.init(id: "i1", state: .succeeded, rowsRead: 20, version: 3))
            }
        }) { gateway in
            let reply = try await gateway.send("GET", "/v1/application-imports/i1/watch", [Harness.authorization])
            #expect(reply.field("Content-Type") == "text/event-stream")
            let events = reply.text.split(separator: "\n\n")
            #expect(events.count == 2 && events[0].hasPrefix("event: import\nid: 2\ndata: {"))
            #expect(events[1].contains(#""state":"APPLICATION_IMPORT_STATE_SUCCEEDED""#))
            let unknown = try await gateway.send("GET", "/v1/application-imports/i2/watch", [Harness.authorization])
            #expect(unknown.outcome == "404 NOT_FOUND")
        }
    }
}
