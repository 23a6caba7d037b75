import Glibc

/// A proxy's thread: waits for its sockets in `poll` and moves bytes.
final class ProxyLoop {
    private let control: ProxyControl
    private let listener: Int32
    private var links: [ProxyLink] = []
    /// The choice that the links know of.
    private var chosen: Int?

    init(_ control: ProxyControl, listener: Int32) {
        self.control = control
        self.listener = listener
    }

    func run() {
        while true {
            let state = control.read { $0 }
            if state.isStopping { break }
            for cut in control.takeCuts() { carryOut(cut) }
            choose(state.choice)
            for link in links { link.write(treatments(state, link), control) }
            links.removeAll { $0.isClosed }
            control.note { $0.open = links.count }
            turn(state)
        }
        for link in links { link.close(resetting: false) }
        close(listener)
    }

    private func carryOut(_ cut: ProxyCut) {
        let whose = cut.whose.map { $0(Set(links.map(\.caller))) }
        for link in links where whose?.contains(link.caller) ?? true { link.close(resetting: cut.isResetting) }
    }

    private func treatments(
        _ state: ProxyControl.State, _ link: ProxyLink
    ) -> [FaultProxy.Way: FaultProxy.Treatment] {
        state.choice == nil || link.isChosen ? state.treatments : [:]
    }

    /// Tells links whether they are chosen.
    private func choose(_ choice: ProxyChoice?) {
        guard let choice else { return chosen = nil }
        let asked = choice.number == chosen ? links.filter { !$0.wasAsked } : links
        chosen = choice.number
        guard !asked.isEmpty else { return }
        let whose = choice.whose(Set(asked.map(\.caller)))
        for link in asked {
            link.isChosen = whose.contains(link.caller)
            link.wasAsked = true
        }
    }

    private func turn(_ state: ProxyControl.State) {
        let now = ProxyLink.clock()
        var polled = [
            pollfd(fd: control.wake.reader, events: Int16(POLLIN), revents: 0),
            pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
        ]
        for link in links { polled += link.interests(treatments(state, link), now: now) }
        let next = links.compactMap(\.nextDue).min()
        // One millisecond more than needed, so that what is due is due.
        let timeout = next.map { Int32(clamping: ($0 > now ? ($0 - now) / 1_000_000 : 0) + 1) } ?? -1
        guard unsafe poll(&polled, nfds_t(polled.count), timeout) > 0 else { return }
        if polled[0].revents != 0 {
            var bytes = [UInt8](repeating: 0, count: 64)
            unsafe _ = Glibc.read(control.wake.reader, &bytes, bytes.count)
        }
        // What was told meanwhile counts: bytes that came after it must not pass as if it had not been.
        let latest = control.read { $0 }
        choose(latest.choice)
        for (index, link) in links.enumerated() {
            link.read(
                client: polled[2 + 2 * index].revents, server: polled[3 + 2 * index].revents, treatments(latest, link))
        }
        if polled[1].revents != 0 { accept() }
    }

    private func accept() {
        let descriptor = Glibc.accept(listener, nil, nil)
        guard descriptor >= 0 else { return }
        let state = control.read { $0 }
        control.note { $0.accepted += 1 }
        switch state.door {
        case .shut: close(descriptor)
        case .silent: links.append(ProxyLink(client: descriptor, server: -1, saying: [], closing: false))
        case .speaking(let bytes, let closing):
            links.append(ProxyLink(client: descriptor, server: -1, saying: bytes, closing: closing))
        case .open:
            guard let server = connect(to: state.upstream) else {
                close(descriptor)
                return
            }
            links.append(ProxyLink(client: descriptor, server: server, plan: state.plan))
        }
    }

    private func connect(to upstream: ProxyUpstream) -> Int32? {
        switch upstream {
        case .port(let port): try? connectToLoopback(port: port)
        case .path(let path): path().flatMap { try? connectLocally(to: $0) }
        }
    }
}

/// One client's connection and the one to the server that belongs to it.
final class ProxyLink {
    private struct Item {
        enum Content {
            case bytes([UInt8])
            case fault(FaultProxy.Step.Fault)
            case end
        }

        let due: UInt64
        var content: Content
    }

    /// One way: what was read and not written yet.
    private struct Pipe {
        var items: [Item] = []
        var byteCount = 0
        var readCount = 0
        var hasEnded = false
        /// What the plan has done to it for good.
        var own = FaultProxy.Treatment()
        var steps: [FaultProxy.Step]
    }

    private static let maximumQueued = 1 << 20

    /// The port that the client connects from or, at a local socket, the id of its process.
    let caller: Int
    var isChosen = false
    var wasAsked = false
    private var client: Int32
    private var server: Int32
    private var pipes: [FaultProxy.Way: Pipe]

    var isClosed: Bool { client < 0 }

    init(client: Int32, server: Int32, plan: [FaultProxy.Step]) {
        self.client = client
        self.server = server
        caller = callerNumber(client)
        pipes = [:]
        for way in FaultProxy.Way.allCases {
            pipes[way] = Pipe(steps: plan.filter { $0.way == way }.sorted { $0.afterBytes < $1.afterBytes })
        }
        for descriptor in [client, server] where descriptor >= 0 { sendAtOnce(descriptor) }
    }

    convenience init(client: Int32, server: Int32, saying bytes: [UInt8], closing: Bool) {
        self.init(client: client, server: server, plan: [])
        pipes[.toServer]?.own.isLost = true
        pipes[.toClient]?.items = [Item(due: 0, content: .bytes(bytes))]
        if closing { pipes[.toClient]?.items.append(Item(due: 0, content: .fault(.cut))) }
    }

    static func clock() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private func source(_ way: FaultProxy.Way) -> Int32 { way == .toServer ? client : server }
    private func sink(_ way: FaultProxy.Way) -> Int32 { way == .toServer ? server : client }

    private func mayRead(_ way: FaultProxy.Way, _ treatments: [FaultProxy.Way: FaultProxy.Treatment]) -> Bool {
        guard let pipe = pipes[way], !pipe.hasEnded, !pipe.own.isStalled else { return false }
        return !(treatments[way]?.isStalled ?? false) && pipe.byteCount < Self.maximumQueued
    }

    private func mayWrite(_ way: FaultProxy.Way, now: UInt64) -> Bool {
        pipes[way]?.items.first.map { $0.due <= now } ?? false
    }

    /// What to wait for on the client's and on the server's socket. A socket that nothing is wanted of is left out: its
    /// end would be told again and again.
    func interests(_ treatments: [FaultProxy.Way: FaultProxy.Treatment], now: UInt64) -> [pollfd] {
        func interest(_ descriptor: Int32, reads: FaultProxy.Way, writes: FaultProxy.Way) -> pollfd {
            let events = (mayRead(reads, treatments) ? POLLIN : 0) | (mayWrite(writes, now: now) ? POLLOUT : 0)
            return pollfd(fd: events == 0 ? -1 : descriptor, events: Int16(events), revents: 0)
        }
        return [
            interest(client, reads: .toServer, writes: .toClient),
            interest(server, reads: .toClient, writes: .toServer),
        ]
    }

    /// When something that waits may be written.
    var nextDue: UInt64? {
        let now = Self.clock()
        return pipes.values.compactMap { $0.items.first?.due }.filter { $0 > now }.min()
    }

    func read(client: Int16, server: Int16, _ treatments: [FaultProxy.Way: FaultProxy.Treatment]) {
        let readable = Int16(POLLIN | POLLHUP | POLLERR)
        if client & readable != 0 { read(.toServer, treatments) }
        if server & readable != 0 { read(.toClient, treatments) }
    }

    private func read(_ way: FaultProxy.Way, _ treatments: [FaultProxy.Way: FaultProxy.Treatment]) {
        guard !isClosed, mayRead(way, treatments) else { return }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe recv(source(way), $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
        }
        let treatment = treatments[way] ?? FaultProxy.Treatment()
        if count > 0 {
            guard !treatment.isLost, pipes[way]?.own.isLost != true else { return }
            add(buffer[..<count], way, treatment)
        } else if count == 0 {
            pipes[way]?.hasEnded = true
            append(.end, way, treatment)
        } else if errno != EAGAIN, errno != EINTR {
            close(resetting: true)
        }
    }

    /// Queues what was read, with the faults that are planned within it.
    private func add(_ bytes: ArraySlice<UInt8>, _ way: FaultProxy.Way, _ treatment: FaultProxy.Treatment) {
        var rest = bytes
        while let step = pipes[way]?.steps.first, let read = pipes[way]?.readCount, step.afterBytes <= read + rest.count
        {
            let before = rest.prefix(step.afterBytes - read)
            pipes[way]?.steps.removeFirst()
            if !before.isEmpty { append(.bytes(Array(before)), way, treatment) }
            append(.fault(step.fault), way, treatment)
            rest = rest.dropFirst(before.count)
        }
        if !rest.isEmpty { append(.bytes(Array(rest)), way, treatment) }
    }

    private func append(_ content: Item.Content, _ way: FaultProxy.Way, _ treatment: FaultProxy.Treatment) {
        let soonest = Self.clock() + UInt64(max(0, treatment.delay / .nanoseconds(1)))
        let last = pipes[way]?.items.last?.due
        let due: UInt64 =
            if treatment.gathering > .zero {
                last ?? soonest + UInt64(treatment.gathering / .nanoseconds(1))
            } else {
                max(soonest, last ?? 0)
            }
        if case .bytes(let bytes) = content {
            pipes[way]?.byteCount += bytes.count
            pipes[way]?.readCount += bytes.count
            if treatment.gathering > .zero, let index = pipes[way]?.items.indices.last,
                case .bytes(let before)? = pipes[way]?.items[index].content
            {
                pipes[way]?.items[index].content = .bytes(before + bytes)
                return
            }
        }
        pipes[way]?.items.append(Item(due: due, content: content))
    }

    /// Writes what is due, as far as the sockets take it.
    func write(_ treatments: [FaultProxy.Way: FaultProxy.Treatment], _ control: ProxyControl) {
        for way in FaultProxy.Way.allCases {
            let piece = treatments[way]?.pieceBytes ?? Int.max
            while !isClosed, mayWrite(way, now: Self.clock()), let item = pipes[way]?.items.first {
                switch item.content {
                case .bytes(let bytes):
                    let count = send(bytes.prefix(piece), way)
                    guard count > 0 else { return }
                    control.note { $0.passed[way, default: 0] += count }
                    pipes[way]?.byteCount -= count
                    if count == bytes.count {
                        pipes[way]?.items.removeFirst()
                    } else {
                        pipes[way]?.items[0].content = .bytes(Array(bytes[count...]))
                    }
                case .fault(let fault):
                    pipes[way]?.items.removeFirst()
                    apply(fault, way)
                case .end:
                    pipes[way]?.items.removeFirst()
                    shutdown(sink(way), Int32(SHUT_WR))
                    if pipes.values.allSatisfy({ $0.hasEnded && $0.items.isEmpty }) || server < 0 {
                        close(resetting: false)
                    }
                }
            }
        }
    }

    /// - Returns: bytes sent; zero if there is no room or the connection is gone.
    private func send(_ bytes: ArraySlice<UInt8>, _ way: FaultProxy.Way) -> Int {
        let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
        let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(sink(way), $0.baseAddress, $0.count, flags) }
        if count < 0, errno != EAGAIN, errno != EINTR { close(resetting: true) }
        return max(0, count)
    }

    private func apply(_ fault: FaultProxy.Step.Fault, _ way: FaultProxy.Way) {
        switch fault {
        case .cut: close(resetting: false)
        case .reset: close(resetting: true)
        case .stall: pipes[way]?.own.isStalled = true
        case .lose:
            pipes[way]?.own.isLost = true
            pipes[way]?.items = []
            pipes[way]?.byteCount = 0
        case .insert(let bytes):
            pipes[way]?.items.insert(Item(due: 0, content: .bytes(bytes)), at: 0)
            pipes[way]?.byteCount += bytes.count
        }
    }

    func close(resetting: Bool) {
        for descriptor in [client, server] where descriptor >= 0 {
            if resetting { resetOnClose(descriptor) }
            Glibc.close(descriptor)
        }
        client = -1
        server = -1
    }
}
