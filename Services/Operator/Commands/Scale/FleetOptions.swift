package import ArgumentParser

/// What the commands share that change a running suite's processes.
package struct FleetOptions: ParsableArguments {
    @OptionGroup package var suite: SuiteOptions

    @Option(name: .long, help: "Longest wait until it is done, in seconds.")
    package var timeout = 300.0

    @Flag(name: .long, help: "Print one JSON object: the processes of each service that was named.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard timeout > 0, timeout <= 3600 else { throw ValidationError("--timeout is above 0 and at most 3600.") }
    }
}
