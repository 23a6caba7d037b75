import Contracts
package import RPC

/// Asks one process for the health of its services.
package struct HealthProbe: Sendable {
    /// Waits between two attempts at a watch that broke off.
    static let pause = Duration.seconds(1)

    package let process: String
    private let client: HealthClient
    private let timeout: Duration
    private let clock: any Clock<Duration>

    /// - Parameters:
    ///   - process: its name, for the lines.
    ///   - timeout: longest wait for one answer; watching has no end.
    package init(
        _ process: String, _ channel: any Channel, timeout: Duration, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.process = process
        client = HealthClient(channel)
        self.timeout = timeout
        self.clock = clock
    }

    /// The health of these services; of all and the process itself if none is named.
    package func lines(of services: [String]) async -> [HealthLine] {
        guard services.isEmpty else {
            var lines: [HealthLine] = []
            for service in services { lines.append(await check(service)) }
            return lines
        }
        do throws(RPCError) {
            let statuses = try await client.list(.init(), options: CallOptions(timeout: timeout)).statuses
            return statuses.sorted { $0.key < $1.key }
                .map { HealthLine(process: process, service: $0.key, $0.value.status) }
        } catch {
            // It has no list, or too long a one: what can be asked of everybody.
            if error.code == .unimplemented || error.code == .resourceExhausted { return [await check("")] }
            return [HealthLine(process: process, service: "", error)]
        }
    }

    private func check(_ service: String) async -> HealthLine {
        do throws(RPCError) {
            let answer = try await client.check(.init(service: service), options: CallOptions(timeout: timeout))
            return HealthLine(process: process, service: service, answer.status)
        } catch {
            return HealthLine(process: process, service: service, error)
        }
    }

    /// Tells the health of a service now and at each change, until the task is cancelled or the process says that it
    /// does not know watching.
    package func watch(_ service: String, _ tell: @Sendable (HealthLine) -> Void) async {
        var last: HealthLine?
        func news(_ line: HealthLine) {
            if line != last { tell(line) }
            last = line
        }
        while !Task.isCancelled {
            do throws(RPCError) {
                let answers = client.watch(.init(service: service))
                while let answer = try await answers.next() {
                    news(HealthLine(process: process, service: service, answer.status))
                }
            } catch {
                guard !Task.isCancelled else { return }
                news(HealthLine(process: process, service: service, error))
                if error.code == .unimplemented { return }
            }
            guard (try? await clock.sleep(for: Self.pause)) != nil else { return }
        }
    }
}
