import ProtoJSON
import RPC
import Testing

@Suite("A service config")
struct ServiceConfigTests {
    @Test("as gRPC's documentation shows it: one entry for a method and for a whole service")
    func documented() throws {
        let config = try ServiceConfig(json: """
            {
              "loadBalancingConfig": [ { "round_robin": {} } ],
              "methodConfig": [
                {
                  "name": [
                    { "service": "foo", "method": "bar" },
                    { "service": "baz" }
                  ],
                  "timeout": "1.000000001s"
                }
              ]
            }
            """)
        #expect(config.balancing == .roundRobin)
        #expect(config.method("foo/bar").timeout == .seconds(1) + .nanoseconds(1))
        #expect(config.method("baz/anything").timeout == .seconds(1) + .nanoseconds(1))
        #expect(config.method("foo/other") == MethodConfig())
    }

    @Test("as gRPC's proposal A6 shows it: retries and their throttling")
    func retries() throws {
        let config = try ServiceConfig(json: """
            {
              "methodConfig": [{
                "name": [{"service": "echo.Echo"}],
                "waitForReady": true,
                "retryPolicy": {
                  "maxAttempts": 4,
                  "initialBackoff": "0.1s",
                  "maxBackoff": "1s",
                  "backoffMultiplier": 2,
                  "retryableStatusCodes": ["UNAVAILABLE", "aborted", 4]
                }
              }],
              "retryThrottling": { "maxTokens": 10, "tokenRatio": 0.1234 }
            }
            """)
        let method = config.method("echo.Echo/UnaryEcho")
        #expect(method.waitForReady)
        #expect(
            method.retryPolicy
                == RetryPolicy(
                    maximumAttempts: 4, initialBackoff: .milliseconds(100), maximumBackoff: .seconds(1), multiplier: 2,
                    retryableCodes: [.unavailable, .aborted, .deadlineExceeded]))
        #expect(config.retryThrottling == RetryThrottling(maximumTokens: 10, thousandthsPerSuccess: 123))
    }

    @Test("gives a method the most specific entry, as a whole")
    func mostSpecific() throws {
        let config = try ServiceConfig(json: """
            {"methodConfig": [
                {"name": [{}], "timeout": "3s", "waitForReady": true},
                {"name": [{"service": "a.B"}], "timeout": "2s", "maxRequestMessageBytes": 10},
                {"name": [{"service": "a.B", "method": "C"}], "maxResponseMessageBytes": "20"}
            ]}
            """)
        #expect(config.method("a.B/C").maximumResponseBytes == 20)
        #expect(config.method("a.B/C").timeout == nil)
        #expect(config.method("a.B/D").timeout == .seconds(2))
        #expect(config.method("a.B/D").maximumRequestBytes == 10)
        #expect(!config.method("a.B/D").waitForReady)
        #expect(config.method("a.B.E/D").timeout == .seconds(3))
        #expect(config.method("nonsense").waitForReady)
    }

    @Test("cuts attempts and choices down to what is sensible")
    func cutDown() throws {
        let config = try ServiceConfig(json: """
            {"methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 100, "initialBackoff": "1s", "maxBackoff": "1s",
             "backoffMultiplier": 1.5, "retryableStatusCodes": [14]}}],
             "loadBalancingConfig": [{"grpclb": {"x": [1]}}, {"least_request_experimental": {"choiceCount": 99}}, {"pick_first": {}}]}
            """)
        #expect(config.method("x/y").retryPolicy?.maximumAttempts == 5)
        #expect(config.balancing == .leastRequest(choices: 10))
    }

    @Test("knows the field that lists of policies replaced, and that health needs no configuration")
    func older() throws {
        #expect(try ServiceConfig(json: #"{"loadBalancingPolicy": "ROUND_ROBIN", "healthCheckConfig": {"serviceName": "x"}}"#).balancing == .roundRobin)
        #expect(
            try ServiceConfig(json: #"{"loadBalancingPolicy": "round_robin", "loadBalancingConfig": [{"pick_first": {}}]}"#)
                .balancing == .pickFirst)
        #expect(try ServiceConfig(json: "{}") == ServiceConfig())
    }

    private static let retry = #""initialBackoff": "1s", "maxBackoff": "1s", "backoffMultiplier": 1, "retryableStatusCodes": [14]"#

    @Test(
        "that is wrong is refused with the place and what is expected there",
        arguments: [
            ("", "expected an object (line 1, column 1)"),
            ("{} {}", "nothing may follow the value (line 1, column 4)"),
            (#"{"methodConfigs": []}"#, "unknown field \"methodConfigs\"; it has methodConfig, retryThrottling"),
            (#"{"methodConfig": [], "methodConfig": []}"#, "methodConfig: the field is given twice"),
            (#"{"methodConfig": [{"timeout": "1s"}]}"#, "methodConfig[0]: an entry needs at least one name"),
            (#"{"methodConfig": [{"name": []}]}"#, "methodConfig[0]: an entry needs at least one name"),
            (#"{"methodConfig": [{"name": [{"method": "x"}]}]}"#, "methodConfig[0].name[0]: a method needs its service"),
            (#"{"methodConfig": [{"name": [{}]}, {"name": [{"service": ""}]}]}"#, "methodConfig[1].name[0]: two entries have this name"),
            (#"{"methodConfig": [{"name": [{}], "timeout": 1}]}"#, "methodConfig[0].timeout: expected text in quotes"),
            (#"{"methodConfig": [{"name": [{}], "timeout": "1"}]}"#, "methodConfig[0].timeout: expected seconds such as \"0.25s\""),
            (#"{"methodConfig": [{"name": [{}], "timeout": "-1s"}]}"#, "methodConfig[0].timeout: expected seconds"),
            (#"{"methodConfig": [{"name": [{}], "timeout": "1.0000000001s"}]}"#, "methodConfig[0].timeout: expected seconds"),
            (#"{"methodConfig": [{"name": [{}], "timeout": "1.s"}]}"#, "methodConfig[0].timeout: expected seconds"),
            (#"{"methodConfig": [{"name": [{}], "timeout": "999999999999s"}]}"#, "methodConfig[0].timeout: expected seconds"),
            (#"{"methodConfig": [{"name": [{}], "waitForReady": "yes"}]}"#, "methodConfig[0].waitForReady: expected true or false"),
            (#"{"methodConfig": [{"name": [{}], "maxRequestMessageBytes": -1}]}"#, "methodConfig[0].maxRequestMessageBytes: expected a whole number"),
            (#"{"methodConfig": [{"name": [{}], "hedgingPolicy": {}}]}"#, "methodConfig[0].hedgingPolicy: hedging is not done; use retryPolicy"),
            (#"{"methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 1}}]}"#, "retryPolicy.maxAttempts: expected 2 or more"),
            (#"{"methodConfig": [{"name": [{}], "retryPolicy": {\#(retry)}}]}"#, "retryPolicy: maxAttempts is missing"),
            (#"{"methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 2}}]}"#, "retryPolicy: initialBackoff is missing"),
            (#"{"methodConfig": [{"name": [{}], "retryPolicy": {"initialBackoff": "0s"}}]}"#, "retryPolicy.initialBackoff: expected seconds such as \"0.25s\", above 0"),
            (#"{"methodConfig": [{"name": [{}], "retryPolicy": {"backoffMultiplier": 0}}]}"#, "retryPolicy.backoffMultiplier: expected a number above 0"),
            (#"{"methodConfig": [{"name": [{}], "retryPolicy": {"backoffMultiplier": "NaN"}}]}"#, "retryPolicy.backoffMultiplier: expected a number above 0"),
            (#"{"methodConfig": [{"name": [{}], "retryPolicy": {"retryableStatusCodes": []}}]}"#, "retryPolicy.retryableStatusCodes: expected at least one status code"),
            (#"{"methodConfig": [{"name": [{}], "retryPolicy": {"retryableStatusCodes": ["GONE"]}}]}"#, "retryableStatusCodes[0]: expected a status code other than OK"),
            (#"{"methodConfig": [{"name": [{}], "retryPolicy": {"retryableStatusCodes": [14, 0]}}]}"#, "retryableStatusCodes[1]: expected a status code other than OK"),
            (#"{"methodConfig": [{"name": [{}], "retryPolicy": {"retryableStatusCodes": [17]}}]}"#, "retryableStatusCodes[0]: expected a status code other than OK"),
            (#"{"retryThrottling": {"maxTokens": 0, "tokenRatio": 1}}"#, "retryThrottling.maxTokens: expected a whole number from 1 to 1000"),
            (#"{"retryThrottling": {"maxTokens": 1001, "tokenRatio": 1}}"#, "retryThrottling.maxTokens: expected a whole number from 1 to 1000"),
            (#"{"retryThrottling": {"maxTokens": 10, "tokenRatio": 0.0001}}"#, "retryThrottling.tokenRatio: expected a number of at least 0.001"),
            (#"{"retryThrottling": {"maxTokens": 10}}"#, "retryThrottling: tokenRatio is missing"),
            (#"{"loadBalancingConfig": []}"#, "loadBalancingConfig: none of these policies is known"),
            (#"{"loadBalancingConfig": [{"xds": {}}]}"#, "loadBalancingConfig: none of these policies is known"),
            (#"{"loadBalancingConfig": [{"pick_first": {}, "round_robin": {}}]}"#, "loadBalancingConfig[0]: expected one policy's name"),
            (#"{"loadBalancingConfig": [{"least_request": {"choiceCount": 1}}]}"#, "choiceCount: expected 2 or more"),
            (#"{"loadBalancingConfig": [{"round_robin": {"x": 1}}]}"#, "unknown field \"x\"; it has no fields"),
            (#"{"loadBalancingPolicy": "grpclb"}"#, "loadBalancingPolicy: expected pick_first or round_robin"),
        ])
    func refused(text: String, problem: String) {
        let error = #expect(throws: JSONError.self) { try ServiceConfig(json: text) }
        let description = error?.description ?? ""
        #expect(description.contains(problem), "it says: \(description)")
    }
}
