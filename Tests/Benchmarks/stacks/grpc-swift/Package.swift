// swift-tools-version: 6.2
// The same calls and streams over grpc-swift-2, as its users write them. A package of its own: the suite does not
// depend on it, and building it takes minutes. What stands in Generated is made by ../generate.
import PackageDescription

let package = Package(
    name: "grpc-swift-stack",
    platforms: [.macOS("26.0")],
    dependencies: [
        .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "2.4.1"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "grpc-swift",
            dependencies: [
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
                .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            path: ".", sources: ["Main", "Generated"], swiftSettings: [.swiftLanguageMode(.v6)])
    ])
