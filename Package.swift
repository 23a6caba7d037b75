// swift-tools-version: 6.2
// The suite as one package. Folders, layers and laws: README.md and Tests/ArchitectureTests.
import PackageDescription

/// What every Swift target is compiled with. Warnings are errors in CI only, so that a newer
/// compiler's new warnings do not stop a newcomer's build.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let http = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let nio = [
    Target.Dependency.product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
/// A tracer that keeps its spans, for tests.
let spans = Target.Dependency.product(name: "InMemoryTracing", package: "swift-distributed-tracing")

/// - Parameter pkgConfig: where the compiler finds its headers, if not on the ordinary path.
func system(_ name: String, apt: String, pkgConfig: String? = nil) -> Target {
    .systemLibrary(name: name, path: "Shared/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func shared(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/\(name)",
            exclude: ["README.md"], swiftSettings: strict)
}

/// - Parameter data: folders that the tests read where they lie.
func tests(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [], data: [String] = []
) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)", exclude: data,
                resources: resources, swiftSettings: strict)
}

/// A service is a library with everything in it, an executable of a few lines, and its tests.
func service(
    _ name: String, _ dependencies: [Target.Dependency] = [], testing: [Target.Dependency] = [], data: [String] = []
) -> [Target] {
    [
        .target(name: "\(name)Service",
                dependencies: ["Contracts", "RPC", "ServiceKit", "Storage", "Values", "Wire", log, lifecycle]
                    + dependencies,
                path: "Services/\(name)/Service", exclude: ["README.md"], swiftSettings: strict),
        .executableTarget(name: name, dependencies: [.byName(name: "\(name)Service"), "ServiceKit"],
                          path: "Services/\(name)/Main", swiftSettings: strict),
        tests("\(name)Tests", [.byName(name: "\(name)Service"), "Contracts", "RPC", "RPCInProcess",
                               "ServiceKit", "Storage", "Values", "Wire"] + dependencies + testing,
              data: data),
    ]
}

let package = Package(
    name: "olp",
    platforms: [.macOS("26.0")],
    products: [
        .executable(name: "olp-partnership", targets: ["Partnership"]),
        .executable(name: "olp-enrolment", targets: ["Enrolment"]),
        .executable(name: "olp-training-events", targets: ["TrainingEvents"]),
        .executable(name: "olp-diagnostics", targets: ["Diagnostics"]),
        .executable(name: "olp-gateway", targets: ["Gateway"]),
        .executable(name: "olp", targets: ["Operator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", exact: "1.7.3"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    ],
    targets: [
        system("CZeroMQ", apt: "libzmq3-dev"),
        system("CProtobufC", apt: "libprotobuf-c-dev"),
        system("CSodium", apt: "libsodium-dev"),
        system("CPostgres", apt: "libpq-dev", pkgConfig: "libpq"),
        system("CSQLite", apt: "libsqlite3-dev"),
        .target(name: "CMessages", dependencies: ["CProtobufC"], path: "Shared/CMessages"),
        .target(name: "CSpawn", path: "Shared/CSpawn", exclude: ["README.md"]),
        shared("Values", []),
        shared("Tabular", []),
        shared("ChildProcess", ["CSpawn"]),
        shared("HTTPClient", nio),
        shared("Sodium", ["CSodium"]),
        shared("ZeroMQ", ["CZeroMQ"]),
        shared("Postgres", ["CPostgres"]),
        shared("Wire", ["CProtobufC", "CMessages"]),
        shared("RPC", ["ProtoJSON", "Wire", log]),
        shared("RPCInProcess", ["RPC", "Wire"]),
        shared("RPCZeroMQ", ["RPC", "Wire", "ZeroMQ", log]),
        shared("ProtoJSON", []),
        shared("Contracts", ["RPC", "Wire", "ProtoJSON", "CMessages", "CProtobufC"]),
        shared("Storage", ["CSQLite", "Postgres", "Values", "Sodium", log]),
        shared("ServiceKit", ["Contracts", "HTTPClient", "RPC", "RPCInProcess", "RPCZeroMQ", "Sodium", "Storage", "Values",
                              "Wire", "ZeroMQ", http, log, lifecycle, tracing]),
        .executableTarget(name: "Generator", dependencies: ["ProtoJSON"], path: "Shared/Generator",
                          exclude: ["README.md"], swiftSettings: strict),
        shared("TestSupport", ["ChildProcess", "HTTPClient", "Contracts", "ProtoJSON", "RPC", "RPCInProcess", "RPCZeroMQ", "ServiceKit", "Storage",
                               "Values", "Wire", "ZeroMQ", "CMessages", "CProtobufC", log, lifecycle]),
        .target(name: "OperatorCommands",
                dependencies: ["ChildProcess", "Contracts", "HTTPClient", "ProtoJSON", "RPC", "RPCZeroMQ", "ServiceKit",
                               "Sodium", "Storage", "Values", "Wire", "ZeroMQ", arguments, log, signals],
                path: "Services/Operator/Commands", exclude: ["README.md"], swiftSettings: strict),
        .executableTarget(name: "Operator", dependencies: ["OperatorCommands", "ServiceKit"],
                          path: "Services/Operator/Main", swiftSettings: strict),

        tests("ArchitectureTests", []),
        tests("ValuesTests", ["Values"]),
        tests("WireTests", ["Wire", "CMessages"]),
        tests("ContractsTests", ["ChildProcess", "Contracts", "Generator", "ProtoJSON", "RPC", "RPCInProcess", "Wire"],
              resources: [.copy("Resources")]),
        tests("ZeroMQTests", ["ZeroMQ"]),
        tests("RPCTests", ["ProtoJSON", "RPC", "RPCInProcess", "RPCZeroMQ", "Contracts", "Wire", "ZeroMQ"]),
        tests("PostgresTests", ["Postgres"]),
        tests("StorageTests", ["ChildProcess", "Postgres", "Storage", "Sodium", "Values", log]),
        tests("ServiceKitTests", ["ChildProcess", "Contracts", "HTTPClient", "RPC", "RPCInProcess", "RPCZeroMQ",
                                  "ServiceKit", "Storage", "Values", "Wire", "ZeroMQ", log, lifecycle, spans]),
        tests("OperatorTests", ["ChildProcess", "Contracts", "HTTPClient", "OperatorCommands", "ProtoJSON", "RPC",
                                "RPCInProcess", "ServiceKit", "Values", "Wire", "ZeroMQ", arguments]),
        // What the tests of the whole suite share.
        .target(name: "SuiteSupport", dependencies: ["ChildProcess", "Contracts", "HTTPClient", "TestSupport", "Values", "Wire"],
                path: "Tests/SuiteSupport", exclude: ["README.md"], swiftSettings: strict),
        tests("FaultTests", ["ChildProcess", "Contracts", "SuiteSupport", "Values"], data: ["README.md"]),
        tests("EndToEndTests", ["ChildProcess", "Contracts", "HTTPClient", "RPC", "RPCZeroMQ", "SuiteSupport", "Values", "Wire", "ZeroMQ"],
              data: ["Python"]),
    ]
        + service("Partnership", ["Tabular"], data: ["Data"])
        + service("Enrolment", ["Tabular"], data: ["Data"])
        + service("TrainingEvents", testing: [log])
        + service("Diagnostics", testing: [log])
        + service("Gateway", ["ProtoJSON", "Sodium", http] + nio, testing: ["HTTPClient", log, lifecycle])
)
