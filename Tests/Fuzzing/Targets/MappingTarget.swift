import Contracts
import ProtoJSON
import TestSupport
import Wire

/// Takes the codec's inputs.
enum MappingTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let choice = unsafe input.first else { return }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: input.dropFirst())
        guard var message = try? unsafe TestingV1.Everything(decoding: bytes, limits: .default) else { return }
        takeOutWhatHasNoForm(&message)
        check(message, isIndented: choice & 64 != 0, includeDefaults: choice & 128 != 0)
    }

    /// Instants and lengths of time out of range are null in JSON, which in a list is an error.
    private static func takeOutWhatHasNoForm(_ message: inout TestingV1.Everything) {
        if message.at?.rfc3339 == nil { message.at = nil }
        if message.lasting?.secondsText == nil { message.lasting = nil }
        message.instants.removeAll { $0.rfc3339 == nil }
    }

    private static func check(_ message: TestingV1.Everything, isIndented: Bool, includeDefaults: Bool) {
        let text = message.jsonBytes(includeDefaults: includeDefaults, isIndented: isIndented)
        require(String(validating: text, as: UTF8.self) != nil, "the JSON form is not UTF-8")
        let again: TestingV1.Everything
        do throws(JSONError) {
            again = try TestingV1.Everything(jsonBytes: text)
        } catch {
            // Lists and maps count there, and in the serialised form they do not.
            require(error.message.hasPrefix("nested deeper"), "the JSON form cannot be read: \(error)")
            return
        }
        require(again.jsonBytes(includeDefaults: includeDefaults, isIndented: isIndented) == text,
                "the JSON form changes when it is read and written")
        // The form has one NaN, the type has many, and none is like another.
        require(again == message && again.encoded() == message.encoded() || "\(message)".contains("nan"),
                "\(message) came back as \(again)")
    }
}
