import HTTPTypes
import Hummingbird
import NIOCore

/// Builds answers, all with the same fields round them.
enum Reply {
    static let json = "application/json"
    static let problem = "application/problem+json"
    static let eventStream = "text/event-stream"

    static func bytes(_ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: fields(type), body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        bytes(Array(text.utf8), type: "text/plain; charset=utf-8", status: status)
    }

    static func stream(type: String, _ body: ResponseBody) -> Response {
        Response(status: .ok, headers: fields(type), body: body)
    }

    static func problem(_ problem: Problem, path: String, requestID: String) -> Response {
        let facts = problem.facts
        var response = bytes(
            problem.json(path: path, requestID: requestID), type: Self.problem,
            status: HTTPResponse.Status(code: facts.status, reasonPhrase: facts.title))
        switch problem.kind {
        case .tokenMissing: response.headers[.wwwAuthenticate] = "Bearer realm=\"olp\""
        case .tokenWrong: response.headers[.wwwAuthenticate] = "Bearer realm=\"olp\", error=\"invalid_token\""
        case .methodNotAllowed: response.headers[.allow] = problem.allowed.joined(separator: ", ")
        default: break
        }
        if let seconds = problem.retryAfter { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    private static func fields(_ type: String) -> HTTPFields {
        var fields: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
        fields[.xContentTypeOptions] = "nosniff"
        return fields
    }

    /// The same answer as HEAD gives it: all fields, no body.
    static func withoutBody(_ response: Response) -> Response {
        var response = response
        let length = response.body.contentLength
        response.body = ResponseBody(contentLength: length) { writer in try await writer.finish(nil) }
        return response
    }
}
