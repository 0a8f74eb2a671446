package io.traffik.tck.server;

import io.traffik.tck.server.QuotaList.Member;
import java.util.ArrayList;
import java.util.List;

/**
 * The quota of one rate in {@code RateLimit-Policy} ({@code q}, {@code w}) and {@code RateLimit}
 * ({@code r}, {@code t}).
 *
 * @param name the name of the policy
 * @param q the capacity
 * @param w the seconds in which an empty bucket fills
 * @param r the tokens left
 * @param t the seconds until the bucket is full
 */
public record ReportedQuota(String name, long q, long w, long r, long t) {

  /** Joins the two lists, which must name the same policies in the same order. */
  public static List<ReportedQuota> of(List<String> policyLines, List<String> stateLines) {
    List<Member> policies = QuotaList.parse(policyLines);
    List<Member> states = QuotaList.parse(stateLines);
    if (!names(states).equals(names(policies))) {
      throw new IllegalArgumentException(
          "RateLimit-Policy and RateLimit must name the same policies in the same order: "
              + policyLines
              + " and "
              + stateLines);
    }
    List<ReportedQuota> quotas = new ArrayList<>();
    for (int i = 0; i < policies.size(); i++) {
      Member policy = policies.get(i).requireOnly("q", "w");
      Member state = states.get(i).requireOnly("r", "t");
      quotas.add(
          new ReportedQuota(
              policy.name(),
              policy.value("q"),
              policy.value("w"),
              state.value("r"),
              state.value("t")));
    }
    return quotas;
  }

  private static List<String> names(List<Member> members) {
    return members.stream().map(Member::name).toList();
  }

  @Override
  public String toString() {
    return "\"" + name + "\";q=" + q + ";w=" + w + ";r=" + r + ";t=" + t;
  }
}
