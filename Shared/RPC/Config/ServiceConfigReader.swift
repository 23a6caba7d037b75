package import ProtoJSON

extension ServiceConfig {
    /// Reads gRPC's JSON form. What this release does not do (`hedgingPolicy`) and what it does not know is refused by name, so
    /// that nobody believes in a setting that has no effect.
    /// - Throws: where in the text something is wrong, and what.
    package init(json: [UInt8]) throws(JSONError) {
        var reader = JSONReader(json)
        self = try reader.serviceConfig()
        try reader.end()
    }

    package init(json text: String) throws(JSONError) { try self.init(json: Array(text.utf8)) }
}

extension JSONNames {
    /// Fields numbered from 1 in the order given.
    fileprivate init(fields: String...) {
        self.init(
            fields.enumerated().map { FieldInfo($0.element, jsonName: $0.element, number: $0.offset + 1, kind: .message) })
    }

    fileprivate static let config = JSONNames(
        fields: "methodConfig", "retryThrottling", "loadBalancingConfig", "loadBalancingPolicy", "healthCheckConfig")
    fileprivate static let method = JSONNames(
        fields: "name", "waitForReady", "timeout", "maxRequestMessageBytes", "maxResponseMessageBytes", "retryPolicy",
        "hedgingPolicy")
    fileprivate static let name = JSONNames(fields: "service", "method")
    fileprivate static let retry = JSONNames(
        fields: "maxAttempts", "initialBackoff", "maxBackoff", "backoffMultiplier", "retryableStatusCodes")
    fileprivate static let throttling = JSONNames(fields: "maxTokens", "tokenRatio")
    fileprivate static let leastRequest = JSONNames(fields: "choiceCount")
    fileprivate static let nothing = JSONNames([])
}

extension JSONReader {
    fileprivate mutating func serviceConfig() throws(JSONError) -> ServiceConfig {
        var config = ServiceConfig()
        var taken: Set<ServiceConfig.Name> = []
        var seen = JSONNames.Seen()
        var deprecated: BalancingPolicy?
        try beginObject()
        while let field = try nextField(of: .config, &seen) {
            switch field {
            case 1:
                try beginArray()
                while try nextElement() { try methodConfig(into: &config, &taken) }
            case 2: config.retryThrottling = try retryThrottling()
            case 3: config.balancing = try balancing()
            case 4: deprecated = try balancingName()
            // Whether a replica serves comes with its connection; there is nothing to ask for.
            default: try skipValue()
            }
        }
        config.balancing = config.balancing ?? deprecated
        return config
    }

    private mutating func methodConfig(
        into config: inout ServiceConfig, _ taken: inout Set<ServiceConfig.Name>
    ) throws(JSONError) {
        let start = atValue()
        var method = MethodConfig()
        var names: [ServiceConfig.Name] = []
        var seen = JSONNames.Seen()
        try beginObject()
        while let field = try nextField(of: .method, &seen) {
            switch field {
            case 1:
                try beginArray()
                while try nextElement() {
                    let place = atValue()
                    let name = try methodName()
                    guard taken.insert(name).inserted else { throw place.error("two entries have this name") }
                    names.append(name)
                }
            case 2: method.waitForReady = try bool()
            case 3: method.timeout = try configDuration(zeroAllowed: true)
            case 4: method.maximumRequestBytes = Int(clamping: try integer(UInt64.self))
            case 5: method.maximumResponseBytes = Int(clamping: try integer(UInt64.self))
            case 6: method.retryPolicy = try retryPolicy()
            default: throw error("hedging is not done; use retryPolicy")
            }
        }
        guard !names.isEmpty else { throw start.error("an entry needs at least one name; {} stands for every method") }
        for name in names { config.set(method, for: name) }
    }

    private mutating func methodName() throws(JSONError) -> ServiceConfig.Name {
        let start = atValue()
        var service = ""
        var method = ""
        var seen = JSONNames.Seen()
        try beginObject()
        while let field = try nextField(of: .name, &seen) {
            if field == 1 { service = try text() } else { method = try text() }
        }
        switch (service.isEmpty, method.isEmpty) {
        case (true, true): return .everything
        case (true, false): throw start.error("a method needs its service")
        case (false, true): return .service(service)
        case (false, false): return .method("\(service)/\(method)")
        }
    }

    private mutating func retryPolicy() throws(JSONError) -> RetryPolicy {
        let start = atValue()
        var attempts: Int?
        var initial: Duration?
        var maximum: Duration?
        var multiplier: Double?
        var codes: Set<StatusCode>?
        var seen = JSONNames.Seen()
        try beginObject()
        while let field = try nextField(of: .retry, &seen) {
            let place = atValue()
            switch field {
            case 1:
                attempts = Int(try integer(UInt32.self))
                if let attempts, attempts < 2 { throw place.error("expected 2 or more; the first attempt counts") }
            case 2: initial = try configDuration(zeroAllowed: false)
            case 3: maximum = try configDuration(zeroAllowed: false)
            case 4:
                multiplier = try double()
                if let multiplier, !(multiplier > 0) || !multiplier.isFinite { throw place.error("expected a number above 0") }
            default: codes = try statusCodes()
            }
        }
        guard let attempts else { throw start.error("maxAttempts is missing") }
        guard let initial else { throw start.error("initialBackoff is missing") }
        guard let maximum else { throw start.error("maxBackoff is missing") }
        guard let multiplier else { throw start.error("backoffMultiplier is missing") }
        guard let codes else { throw start.error("retryableStatusCodes is missing") }
        return RetryPolicy(
            maximumAttempts: attempts, initialBackoff: initial, maximumBackoff: maximum, multiplier: multiplier,
            retryableCodes: codes)
    }

    private mutating func retryThrottling() throws(JSONError) -> RetryThrottling {
        let start = atValue()
        var tokens: Int?
        var ratio: Int?
        var seen = JSONNames.Seen()
        try beginObject()
        while let field = try nextField(of: .throttling, &seen) {
            let place = atValue()
            if field == 1 {
                let range = RetryThrottling.tokensRange
                tokens = Int(clamping: try integer(Int64.self))
                guard let tokens, range.contains(tokens) else {
                    throw place.error("expected a whole number from \(range.lowerBound) to \(range.upperBound)")
                }
            } else {
                // gRPC keeps three decimals; a bucket need not fill faster than all of it at once.
                let number = try double() * 1_000
                guard number >= 1 else { throw place.error("expected a number of at least 0.001") }
                ratio = Int(min(number, Double(RetryThrottling.tokensRange.upperBound) * 1_000))
            }
        }
        guard let tokens else { throw start.error("maxTokens is missing") }
        guard let ratio else { throw start.error("tokenRatio is missing") }
        return RetryThrottling(maximumTokens: tokens, thousandthsPerSuccess: ratio)
    }

    /// The first policy of the list that is known here.
    private mutating func balancing() throws(JSONError) -> BalancingPolicy {
        let start = atValue()
        var found: BalancingPolicy?
        try beginArray()
        while try nextElement() {
            let place = atValue()
            var names = 0
            try beginObject()
            while let name = try nextKey() {
                names += 1
                guard found == nil, let policy = try policy(named: name) else {
                    try skipValue()
                    continue
                }
                found = policy
            }
            guard names == 1 else { throw place.error("expected one policy's name and its settings") }
        }
        guard let found else { throw start.error("none of these policies is known; use pick_first, round_robin or least_request") }
        return found
    }

    private mutating func policy(named name: String) throws(JSONError) -> BalancingPolicy? {
        switch name {
        case "pick_first", "round_robin":
            var seen = JSONNames.Seen()
            try beginObject()
            while try nextField(of: .nothing, &seen) != nil {}
            return name == "pick_first" ? .pickFirst : .roundRobin
        case "least_request", "least_request_experimental":
            var choices = BalancingPolicy.choicesRange.lowerBound
            var seen = JSONNames.Seen()
            try beginObject()
            while try nextField(of: .leastRequest, &seen) != nil {
                let place = atValue()
                choices = Int(try integer(UInt32.self))
                guard choices >= BalancingPolicy.choicesRange.lowerBound else {
                    throw place.error("expected \(BalancingPolicy.choicesRange.lowerBound) or more")
                }
            }
            return .leastRequest(choices: min(choices, BalancingPolicy.choicesRange.upperBound))
        default: return nil
        }
    }

    /// The field that lists replaced.
    private mutating func balancingName() throws(JSONError) -> BalancingPolicy {
        let place = atValue()
        switch try text().lowercased() {
        case "pick_first": return .pickFirst
        case "round_robin": return .roundRobin
        default: throw place.error("expected pick_first or round_robin")
        }
    }
}
