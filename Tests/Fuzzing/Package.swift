// swift-tools-version: 6.2
// Fuzzing and sanitizers, apart from the suite so that it is not built once more for each of them. The sources are the
// suite's own, by symbolic links, and of each module only what these targets and tests need.
import PackageDescription

/// As in the suite's own manifest.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

func system(_ name: String) -> Target {
    .systemLibrary(name: name, path: "Shared/\(name)")
}

/// A module of the suite.
///
/// - Parameter sources: the files that are needed; nil for all.
func shared(_ name: String, _ dependencies: [Target.Dependency] = [], sources: [String]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/\(name)", exclude: ["README.md"], sources: sources,
            swiftSettings: strict)
}

/// The generated files of one proto.
func message(_ name: String) -> [String] {
    ["", "+Codec", "+JSON"].map { "Generated/\(name)\($0).swift" }
}

let generatedSupport = ["Generated/CodecSupport+C.swift", "Generated/Namespaces.swift"]

let package = Package(
    name: "olp",
    platforms: [.macOS("26.0")],
    products: [.library(name: "FuzzTargets", type: .static, targets: ["FuzzTargets"])],
    targets: [
        system("CZeroMQ"),
        system("CProtobufC"),
        .target(name: "CMessages", dependencies: ["CProtobufC"], path: "Shared/CMessages"),
        shared("ZeroMQ", ["CZeroMQ"]),
        shared("Wire", ["CProtobufC", "CMessages"]),
        shared("ProtoJSON"),
        shared("Values", sources: ["SeededGenerator.swift"]),
        shared("Contracts", ["Wire", "ProtoJSON", "CMessages", "CProtobufC"], sources: generatedSupport + [
            "JSONMessage.swift", "TimestampJSON.swift", "DurationJSON.swift",
        ] + message("GoogleProtobuf.Duration") + message("GoogleProtobuf.Empty") + message("GoogleProtobuf.Timestamp")),
        // Frames are taken apart by the transport; what it says of calls is not needed for that.
        shared("RPC", sources: ["StatusCode.swift"]),
        shared("RPCZeroMQ", ["RPC", "Wire", "ZeroMQ"], sources: ["IncomingFrame.swift"]),
        shared("TestSupport", ["Contracts", "ProtoJSON", "Values", "Wire", "CMessages", "CProtobufC"],
               sources: generatedSupport + [
                   "Poll.swift", "RandomMessages.swift", "Seed.swift", "TemporaryDirectory.swift",
               ] + message("TestingV1.Testing")),

        .target(name: "CFuzzing", path: "CFuzzing"),
        .target(name: "FuzzTargets",
                dependencies: ["CFuzzing", "CMessages", "CProtobufC", "Contracts", "ProtoJSON", "RPCZeroMQ", "TestSupport", "Values", "Wire",
                               "ZeroMQ"],
                path: "Targets", swiftSettings: strict),

        // Says to the thread sanitizer what Swift's Mutex does.
        .target(name: "CSwiftMutex", path: "CSwiftMutex"),
        .testTarget(name: "WireTests", dependencies: ["CMessages", "CSwiftMutex", "Contracts", "TestSupport", "Wire"],
                    path: "WireTests", swiftSettings: strict),
        .testTarget(name: "ZeroMQTests", dependencies: ["CSwiftMutex", "TestSupport", "ZeroMQ"],
                    path: "ZeroMQTests", swiftSettings: strict),
    ]
)
