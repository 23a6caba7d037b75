import Hummingbird
import NIOCore
import ServiceKit

/// An answer of server-sent events. It ends when its source does, when its reader is gone, or when the gateway stops.
///
/// ```
/// event: import
/// id: 7
/// data: {"id": …}
/// ```
struct EventStream: Sendable {
    /// How often a comment is sent, so that a reader who is gone is found out.
    static let beat = Duration.seconds(15)

    private enum Piece<Element: Sendable>: Sendable {
        case element(Element)
        case beat
        case end
    }

    let clock: any Clock<Duration>
    let readiness: Readiness

    /// Writes what the source gives, one after the other; the source waits while the reader is slow.
    /// - Parameters:
    ///   - source: Gives elements until there are none; it is cancelled when nobody reads any more.
    ///   - position: The id of the last event by now, to go with the comments; nil if there is none.
    ///   - text: An element as events; nil if it needs none.
    func write<Element: Sendable>(
        to writer: inout any ResponseBodyWriter, from source: @escaping @Sendable (Giver<Element>) async -> Void,
        position: () -> String? = { nil }, _ text: (Element) -> ByteBuffer?
    ) async throws {
        let handover = Handover<Piece<Element>>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await source(Giver { await handover.give(.element($0)) })
                await handover.give(.end)
            }
            group.addTask { [clock] in
                while (try? await clock.sleep(for: Self.beat)) != nil { await handover.give(.beat) }
            }
            group.addTask { [readiness] in
                await readiness.stopped()
                await handover.give(.end)
            }
            defer { group.cancelAll() }
            while let piece = await handover.take() {
                switch piece {
                case .element(let element): if let text = text(element) { try await writer.write(text) }
                case .beat: try await writer.write(Self.comment(position()))
                case .end: return
                }
            }
        }
    }

    /// Hands over one element at a time.
    struct Giver<Element: Sendable>: Sendable {
        /// False: nobody reads any more.
        let give: @Sendable (Element) async -> Bool
    }

    /// - Parameter id: Where a reader goes on that comes back; empty: from now on; nil: as before.
    static func event(_ name: String, id: String?, _ json: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer(string: "event: \(name)\n")
        if let id { buffer.writeString("id: \(id)\n") }
        buffer.writeString("data: ")
        buffer.writeBytes(json)
        buffer.writeString("\n\n")
        return buffer
    }

    /// An id without data makes no event, but readers keep it.
    private static func comment(_ id: String?) -> ByteBuffer {
        ByteBuffer(string: ": still here\n" + (id.map { "id: \($0)\n" } ?? "") + "\n")
    }
}
