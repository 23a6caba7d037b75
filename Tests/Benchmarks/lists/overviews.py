"""What the gateway's overviews take beside the slowest of their parts, one request at a time.

  python3 Tests/Benchmarks/lists/overviews.py --url http://127.0.0.1:8080 --token-file data/gateway.token

The suite holds what `fill.py` makes, or a season of `olp demo`. Every request goes over one connection that is kept.
"""

import argparse
import http.client
import json
import statistics
import time
import urllib.parse


class Gateway:
    def __init__(self, url, token):
        self.connection = http.client.HTTPConnection(urllib.parse.urlparse(url).netloc, timeout=30)
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, target):
        self.connection.request("GET", target, headers=self.headers)
        reply = self.connection.getresponse()
        body = reply.read()
        if reply.status != 200:
            raise SystemExit(f"GET {target}: {reply.status} {body.decode()}")
        return json.loads(body)

    def times(self, target, count):
        """Milliseconds of each request, sorted."""
        for _ in range(20):
            self.get(target)
        found = []
        for _ in range(count):
            begin = time.perf_counter()
            self.get(target)
            found.append((time.perf_counter() - begin) * 1000)
        return sorted(found)


def quantiles(times):
    return statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))]


def overviews(gateway):
    """Name, overview and parts of each kind."""
    booking = gateway.get("/v1/bookings?pageSize=1")["bookings"][0]
    applications = gateway.get("/v1/applications?pageSize=100")["applications"]
    application = next(found for found in applications if "partnerId" in found)
    candidate, event = booking["candidateId"], booking["eventId"]
    partner, cohort = application["partnerId"], application["cohortId"]
    booked = gateway.get(f"/v1/bookings?eventId={event}&pageSize=100")["bookings"]
    enrolled = "&".join(f"applicationId={found['applicationId']}" for found in booked)
    return [
        ("candidate", f"/v1/candidates/{candidate}/overview", {
            "candidate": f"/v1/candidates/{candidate}",
            "applications": f"/v1/applications?candidateId={candidate}&pageSize=100",
            "bookings": f"/v1/bookings?candidateId={candidate}&pageSize=100",
            "diagnostics": f"/v1/diagnostics?candidateId={candidate}&pageSize=100"}),
        ("event", f"/v1/events/{event}/overview", {
            "event": f"/v1/events/{event}",
            "register": f"/v1/events/{event}/register",
            "waiting": f"/v1/waiting?eventId={event}&pageSize=100",
            "diagnostics": f"/v1/diagnostics?{enrolled}&pageSize=100",
            "bookings": f"/v1/bookings?eventId={event}&pageSize=100"}),
        ("partner", f"/v1/partners/{partner}/overview", {
            "partner": f"/v1/partners/{partner}",
            "counts": f"/v1/partners/{partner}/counts",
            "members": f"/v1/partners/{partner}/members?pageSize=100",
            "events": f"/v1/events?partnerId={partner}&pageSize=10",
            "applications": f"/v1/applications?partnerId={partner}&order=APPLICATION_ORDER_NEWEST&pageSize=10"}),
        ("cohort", f"/v1/cohorts/{cohort}/overview", {
            "cohort": f"/v1/cohorts/{cohort}",
            "application counts": f"/v1/cohorts/{cohort}/application-counts",
            "event counts": f"/v1/cohorts/{cohort}/event-counts",
            "diagnostic counts": f"/v1/cohorts/{cohort}/diagnostic-counts"}),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--token-file", required=True)
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    with open(options.token_file, encoding="ascii") as file:
        gateway = Gateway(options.url, file.read().strip())
    print("| Overview | p50, ms | p99, ms | Slowest part, p50, ms | p99, ms | p50 ratio | p99 ratio |")
    print("|---|---|---|---|---|---|---|")
    for name, overview, parts in overviews(gateway):
        p50, p99 = quantiles(gateway.times(overview, options.requests))
        slowest, (part50, part99) = max(
            ((part, quantiles(gateway.times(target, options.requests))) for part, target in parts.items()),
            key=lambda found: found[1][0])
        print(f"| {name} | {p50:.1f} | {p99:.1f} | {slowest} {part50:.1f} | {part99:.1f} "
              f"| {p50 / part50:.1f} | {p99 / part99:.1f} |")


if __name__ == "__main__":
    main()
