extension Olp_Bench_V1_Sample {
    /// The message of BenchMessage in the operator's command, padded to `size` bytes on the wire.
    static func padded(to size: Int) -> Self {
        var sample = Self.with {
            $0.id = "0190c3d2-7a4e-7c11-9f3b-5a1d2e3f4a5b"
            $0.name = "Brookthorpe Church of England Primary School"
            $0.town = "Oldham"
            $0.urn = 105_588
            $0.pupils = 412
            $0.open = true
            $0.share = 0.163
            $0.tags = ["academy", "outstanding", "teaching-school"]
            $0.years = [2015, 2016, 2017, 2018]
            $0.at.seconds = 1_506_643_200
            $0.at.nanos = 250_000_000
            $0.note = "Converted to an academy in 2012; two names before."
        }
        let bare = sample.wireSize
        for overhead in 2...5 where size - bare >= overhead {
            sample.padding = .init(repeating: 0x5A, count: size - bare - overhead)
            if sample.wireSize == size { break }
        }
        return sample
    }

    private var wireSize: Int { ((try? serializedBytes()) as [UInt8]?)?.count ?? 0 }
}
