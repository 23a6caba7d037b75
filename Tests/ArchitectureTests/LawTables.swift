/// Who may import whom. A module may import what stands in its row, and nothing else; a new row or a new name in a
/// row is a decision about the house, so it is made here, by hand.
enum ImportTable {
    /// Parts of the toolchain that hold no state of ours and do no input or output.
    static let everywhere: Set = ["Synchronization"]

    /// The C library under its names on other systems; the rows say Glibc.
    static let cLibraries: Set = ["Glibc", "Musl", "Darwin"]

    private static let transport: Set = ["RPC", "RPCZeroMQ", "Wire", "ZeroMQ"]
    private static let nio: Set = ["NIOCore", "NIOPosix", "NIOHTTP1"]

    static let modules: [String: Set<String>] = [
        "Values": ["Foundation", "FoundationEssentials", "Glibc"],
        "Tabular": [],
        "ChildProcess": ["CSpawn", "Glibc"],
        "HTTPClient": nio.union(["Glibc"]),
        "Sodium": ["CSodium"],
        "ZeroMQ": ["CZeroMQ", "Glibc"],
        "Postgres": ["CPostgres", "Glibc"],
        "Wire": ["CProtobufC", "CMessages", "Glibc"],
        "RPC": ["ProtoJSON", "Wire", "Logging"],
        "RPCInProcess": ["RPC", "Wire"],
        "RPCZeroMQ": ["RPC", "Wire", "ZeroMQ", "Logging", "Glibc"],
        "ProtoJSON": ["Glibc"],
        "Contracts": ["RPC", "Wire", "ProtoJSON", "CMessages", "CProtobufC"],
        "Storage": ["CSQLite", "Postgres", "Values", "Sodium", "Logging", "Dispatch", "Glibc", "Foundation"],
        "ServiceKit": [
            "Contracts", "HTTPClient", "RPC", "RPCInProcess", "RPCZeroMQ", "Sodium", "Storage", "Values", "Wire", "ZeroMQ",
            "Hummingbird", "Logging", "ServiceLifecycle", "Tracing", "Foundation", "Glibc", "NIOCore", "HTTPTypes",
        ],
        "Generator": ["ProtoJSON", "Foundation", "Glibc"],
        "TestSupport": [
            "ChildProcess", "HTTPClient", "Contracts", "ProtoJSON", "RPC", "RPCInProcess", "RPCZeroMQ", "ServiceKit",
            "Storage", "Values", "Wire", "ZeroMQ", "CMessages", "CProtobufC", "Logging", "ServiceLifecycle",
            "Dispatch", "Foundation", "Glibc",
        ],
        "OperatorCommands": transport.union([
            "ChildProcess", "Contracts", "HTTPClient", "ProtoJSON", "ServiceKit", "Sodium", "Storage", "Values",
            "ArgumentParser", "Logging", "UnixSignals", "Foundation", "Glibc",
        ]),
        "Operator": ["OperatorCommands", "ServiceKit"],
        "Gateway": ["GatewayService", "ServiceKit"],
        "GatewayService": service.union([
            "ProtoJSON", "Sodium", "Hummingbird", "HTTPTypes", "NIOCore", "NIOHTTP1", "NIOHTTPTypes",
        ]),
        "Partnership": ["PartnershipService", "ServiceKit"],
        "PartnershipService": service.union(["Tabular"]),
        "Enrolment": ["EnrolmentService", "ServiceKit"],
        "EnrolmentService": service.union(["Tabular"]),
        "TrainingEvents": ["TrainingEventsService", "ServiceKit"],
        "TrainingEventsService": service,
        "Diagnostics": ["DiagnosticsService", "ServiceKit"],
        "DiagnosticsService": service,
    ]

    private static let service: Set = [
        "Contracts", "RPC", "ServiceKit", "Storage", "Values", "Wire", "Logging", "ServiceLifecycle", "Foundation",
    ]

    /// Rooms of a service that may import less than their module.
    static let rooms: [String: (allowed: Set<String>, why: String)] = [
        "Domain": (["Values", "Tabular"], "rules are pure: values in, decision out; time, ids and rows are arguments"),
        "Store": (
            ["Storage", "Values", "Logging", "ServiceKit"],
            "a store speaks business words; Handlers translate to and from Contracts"
        ),
    ]

    /// Modules that a room must not import, whatever its module may.
    static let forbiddenInRooms: [String: (forbidden: Set<String>, why: String)] = [
        "Handlers": (["Storage"], "handlers never see SQL; ask the service's own store")
    ]

    /// C modules and their one home (and, for protobuf-c, the machine-written code).
    static let homes: [String: Set<String>] = [
        "CSpawn": ["ChildProcess"], "CSodium": ["Sodium"], "CSQLite": ["Storage"], "CZeroMQ": ["ZeroMQ"], "CPostgres": ["Postgres"],
        "CProtobufC": ["Wire", "Contracts", "TestSupport", "WireTests"],
        "CMessages": ["Wire", "Contracts", "TestSupport", "WireTests"],
    ]
}

/// Where the compiler is told to trust us: each place with its number, and nowhere else. Every one has a comment that
/// says which invariant makes it true and who keeps it.
enum TrustTable {
    /// Modules that may have any at all: they own memory or handles of C, or stand in for such.
    static let modules: Set = ["ZeroMQ", "Wire", "Postgres", "Storage", "TestSupport"]

    static let uncheckedSendable: [String: Int] = [
        "Shared/Wire/PackedBytes.swift": 1,
        "Shared/Wire/Payload.swift": 2,
        "Shared/Wire/PayloadBuilder.swift": 1,
        "Shared/ZeroMQ/Confined.swift": 1,
        "Shared/ZeroMQ/Context.swift": 1,
        "Shared/ZeroMQ/Frame.swift": 1,
        "Shared/ZeroMQ/IOThread.swift": 1,
    ]
    static let nonisolatedUnsafe: [String: Int] = [:]
}

enum SizeTable {
    static let maximumFileLines = 500
    static let maximumFunctionLines = 70

    /// Tables and exhaustive switches, which are one thing however long: "path function".
    static let longFunctions: Set<String> = []
}

/// Who may read the environment or the arguments, or end the process, beside every service's Main.
enum ProcessTable {
    static let modules: [String: String] = [
        "ServiceKit": "it is the process frame",
        "OperatorCommands": "a command line reads its environment and chooses its exit code",
        "Generator": "an executable of one target",
        "TestSupport": "reads OLP_TEST_… and hands children an environment",
    ]
}

enum LayoutTable {
    /// The agreed top level; files that begin with a dot may stand beside it, and `data` is what `deploy/up` makes.
    static let topLevel: Set = ["Package.swift", "Services", "Shared", "Tests", "Protos", "deploy", "README.md"]
    static let ignored: Set = ["data", "Package.resolved"]

    /// Folders of Shared that hold a module map or machine-written files and nothing to explain.
    static let withoutReadme: Set = ["CZeroMQ", "CProtobufC", "CSodium", "CSQLite", "CPostgres", "CMessages"]
}
