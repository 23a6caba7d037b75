import RPC
import Testing

@testable import RPCZeroMQ

/// Transcripts: what happens to a connection, line by line, and what it does about it.
@Suite("A client's connection")
struct ConnectionMachineTests {
    private static let second: UInt64 = 1_000_000_000
    private static let interval = Duration.seconds(2)

    /// A machine that is ready at instant 0.
    private static func ready() -> ConnectionMachine {
        var machine = ConnectionMachine()
        _ = machine.handle(.wanted, now: 0)
        _ = machine.handle(.connected, now: 0)
        _ = machine.handle(.greeted(pingInterval: interval), now: 0)
        return machine
    }

    @Test("is dialled when it is wanted, greets, and starts the calls that wait")
    func connects() {
        var machine = ConnectionMachine()
        #expect(machine.handle(.wanted, now: 5) == [.openSocket, .setTimer(at: 5 + 3 * Self.second)])
        #expect(machine.handle(.wanted, now: 6) == [])
        #expect(machine.handle(.connected, now: 7) == [.sendHello])
        #expect(
            machine.handle(.greeted(pingInterval: Self.interval), now: 8)
                == [.setTimer(at: 8 + 2 * Self.second), .startWaiting])
        #expect(machine.state == .ready)
    }

    @Test("that is refused fails the calls that wait, and is dialled again after 50, 100, … 2000 ms")
    func backsOff() {
        var machine = ConnectionMachine()
        var now: UInt64 = 0
        var waits: [UInt64] = []
        _ = machine.handle(.wanted, now: now)
        for _ in 0..<8 {
            let actions = machine.handle(.lost(reason: "refused"), now: now)
            #expect(actions.prefix(3) == [.closeSocket, .failOpen(reason: "refused"), .failWaiting(reason: "refused")])
            guard case .setTimer(let instant)? = actions.last else {
                Issue.record("no timer was set")
                return
            }
            waits.append((instant - now) / 1_000_000)
            now = instant
            #expect(machine.handle(.timer, now: now) == [.openSocket, .setTimer(at: now + 3 * Self.second)])
        }
        #expect(waits == [50, 100, 200, 400, 800, 1600, 2000, 2000])
    }

    @Test("spreads its attempts by the jitter it is given")
    func jitter() {
        var machine = ConnectionMachine()
        _ = machine.handle(.wanted, now: 0)
        #expect(machine.handle(.lost(reason: "x"), now: 0, jitter: 1.2).last == .setTimer(at: 60_000_000))
    }

    @Test("begins with short waits again after it was ready")
    func resetsBackoff() {
        var machine = ConnectionMachine()
        _ = machine.handle(.wanted, now: 0)
        for _ in 0..<5 {
            _ = machine.handle(.lost(reason: "x"), now: 0)
            _ = machine.handle(.timer, now: 0)
        }
        _ = machine.handle(.connected, now: 0)
        _ = machine.handle(.greeted(pingInterval: Self.interval), now: 0)
        #expect(machine.handle(.lost(reason: "x"), now: 0).last == .setTimer(at: 50_000_000))
    }

    @Test("that gets no answer to its greeting in time has failed")
    func handshakeTimeout() {
        var machine = ConnectionMachine()
        _ = machine.handle(.wanted, now: 0)
        _ = machine.handle(.connected, now: 1)
        #expect(machine.handle(.timer, now: 3 * Self.second).contains(.closeSocket))
        #expect(machine.state == .backingOff)
    }

    @Test("is pinged at every interval, and given up after three silent ones")
    func silence() {
        var machine = Self.ready()
        #expect(machine.handle(.timer, now: 2 * Self.second) == [.sendPing, .setTimer(at: 4 * Self.second)])
        #expect(machine.handle(.timer, now: 4 * Self.second) == [.sendPing, .setTimer(at: 6 * Self.second)])
        #expect(machine.handle(.timer, now: 6 * Self.second).first == .closeSocket)
        #expect(machine.state == .backingOff)
    }

    @Test("is pinged while it talks, too: it must not forget a client that only listens")
    func talking() {
        var machine = Self.ready()
        #expect(machine.handle(.heard, now: 2 * Self.second - 1) == [])
        #expect(machine.handle(.timer, now: 2 * Self.second) == [.sendPing, .setTimer(at: 4 * Self.second)])
    }

    @Test("finishes its open calls after GOAWAY and is then dialled anew")
    func goAway() {
        var machine = Self.ready()
        #expect(machine.handle(.goAway, now: 1) == [])
        #expect(machine.state == .draining)
        #expect(machine.handle(.drained, now: 2).prefix(2) == [.sayGoodbye, .closeSocket])
        #expect(machine.state == .backingOff)
    }

    @Test("that was closed does nothing any more")
    func closed() {
        var machine = Self.ready()
        #expect(machine.handle(.close, now: 1).contains(.closeSocket))
        for event: ConnectionMachine.Event in [.wanted, .connected, .timer, .lost(reason: "x"), .close] {
            #expect(machine.handle(event, now: 2) == [])
        }
    }
}

@Suite("A server's view of a connection")
struct PeerMachineTests {
    private static let second: UInt64 = 1_000_000_000

    @Test("takes nothing before HELLO")
    func helloFirst() {
        var machine = PeerMachine(now: 0, pingInterval: .seconds(2))
        #expect(machine.heard(isHello: false, now: 0) == .refuse)
        #expect(machine.heard(isHello: true, now: 0) == .accept)
        #expect(machine.heard(isHello: false, now: 0) == .accept)
    }

    @Test("ends after four silent intervals, one later than the client would end it")
    func silence() {
        var machine = PeerMachine(now: 0, pingInterval: .seconds(2))
        _ = machine.heard(isHello: true, now: Self.second)
        #expect(machine.isOverdue(now: 9 * Self.second) == false)
        #expect(machine.isOverdue(now: 9 * Self.second + 1) == true)
        #expect(machine.heard(isHello: true, now: 10 * Self.second) == .ignore)
        #expect(machine.isOverdue(now: 99 * Self.second) == false)
    }
}
