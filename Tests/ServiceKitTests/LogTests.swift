import Logging
import ServiceKit
import Synchronization
import Testing
import Values

@Suite("The log")
struct LogTests {
    private func lines(_ format: LogFormat, _ body: (Logger) -> Void) -> [String] {
        let written = Lines()
        var logger = Logger(label: "test") { _ in
            LineLogHandler(
                service: "partnership", level: .info, format: format,
                clock: FixedWallClock(Instant(microseconds: 1_700_000_000_123_456))
            ) { line in written.add(String(decoding: line, as: UTF8.self)) }
        }
        logger[metadataKey: "request.id"] = "r-1"
        body(logger)
        return written.all
    }

    private final class Lines: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }
        func add(_ line: String) { kept.withLock { $0.append(line) } }
    }

    @Test("a line of JSON has time, level, service, sentence, and the metadata with numbers as numbers")
    func json() {
        let lines = lines(.json) { logger in
            logger.info("call answered", metadata: ["rpc.ms": .stringConvertible(1.5), "rpc.n": .stringConvertible(3)])
        }
        #expect(
            lines == [
                #"{"time":"2023-11-14T22:13:20.123456Z","level":"info","service":"partnership","message":"call answered","#
                    + #""request.id":"r-1","rpc.ms":1.5,"rpc.n":3}"# + "\n"
            ])
    }

    @Test("whatever is in a text, it stays one line of JSON")
    func escapes() {
        let lines = lines(.json) { logger in
            logger.info(
                "a\nb\"c\\d\u{7}\u{2028}é", metadata: ["list": ["x", "y"], "map": ["k": "v"], "level": "mine"])
        }
        #expect(
            lines == [
                #"{"time":"2023-11-14T22:13:20.123456Z","level":"info","service":"partnership","#
                    + #""message":"a\nb\"c\\d\u0007\u2028é","field.level":"mine","list":["x","y"],"map":{"k":"v"},"#
                    + #""request.id":"r-1"}"# + "\n"
            ])
    }

    @Test("a line of text begins with time and level, and quotes values with blanks")
    func text() {
        let lines = lines(.text) { logger in
            logger.warning("store is busy", metadata: ["why": "too many \"writes\"", "n": "1", "e": "", "bad": "a\nb"])
        }
        #expect(
            lines == [
                #"2023-11-14T22:13:20.123456Z warning  store is busy bad=a\nb e="" n=1 request.id=r-1 "#
                    + #"why="too many \"writes\"""# + "\n"
            ])
    }

    @Test("what is below the level is not written")
    func level() {
        #expect(lines(.text) { logger in logger.debug("hidden") }.isEmpty)
    }
}
