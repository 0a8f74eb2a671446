package io.traffik.jmh.workload;

import io.traffik.ConnectionView;
import io.traffik.Identity;
import java.util.List;

/**
 * A connection of a tenant that has a plan.
 *
 * @param tenant the identity
 * @param plan the number of its plan
 */
public record PlanConnection(Identity tenant, int plan) implements ConnectionView {

  @Override
  public String remoteAddress() {
    return "203.0.113.7";
  }

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public String route() {
    return "/users/{id}";
  }

  @Override
  public String path() {
    return "/users/42";
  }

  @Override
  public Iterable<String> headers(String name) {
    return List.of();
  }
}
