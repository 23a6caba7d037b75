package import Contracts
import Wire

/// The message that is measured with; Tests/Benchmarks makes the same one.
package enum BenchMessage {
    /// - Parameter size: Bytes on the wire; the message without padding has 224 and is not made smaller.
    package static func sample(size: Int) -> BenchV1.Sample {
        var sample = BenchV1.Sample(
            id: "0190c3d2-7a4e-7c11-9f3b-5a1d2e3f4a5b", name: "Brookthorpe Church of England Primary School",
            town: "Oldham", urn: 105_588, pupils: 412, open: true, share: 0.163,
            tags: ["academy", "outstanding", "teaching-school"], years: [2015, 2016, 2017, 2018],
            at: GoogleProtobuf.Timestamp(seconds: 1_506_643_200, nanos: 250_000_000),
            note: "Converted to an academy in 2012; two names before.")
        let bare = sample.encoded().count
        // The padding's own field costs a tag and a length.
        for overhead in 2...6 where size - bare >= overhead {
            sample.padding = [UInt8](repeating: 0x5A, count: size - bare - overhead)
            if sample.encoded().count == size { break }
        }
        return sample
    }

    /// FNV-1a of a packed message, by which Tests/Benchmarks sees that every stack sends the same.
    package static func digest(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
