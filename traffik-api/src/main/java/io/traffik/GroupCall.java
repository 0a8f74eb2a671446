package io.traffik;

import io.traffik.spi.BackendCall;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The calls of those members of a group that share one backend. */
final class GroupCall {

  private record Part(GroupMember member, BoundCall call) {}

  private final Backend backend;
  private final CallMode mode;
  private final List<Part> parts = new ArrayList<>(2);

  private GroupCall(Backend backend, CallMode mode) {
    this.backend = backend;
    this.mode = mode;
  }

  /** Returns one group call per backend of the members that are not decided, in their order. */
  static List<GroupCall> of(List<GroupMember> members, CallMode mode) {
    List<GroupCall> calls = new ArrayList<>(1);
    IdentityHashMap<Backend, GroupCall> byBackend = new IdentityHashMap<>();
    for (GroupMember member : members) {
      BoundCall call = member.pendingCall();
      if (call != null) {
        byBackend
            .computeIfAbsent(
                call.backend(),
                backend -> {
                  GroupCall created = new GroupCall(backend, mode);
                  calls.add(created);
                  return created;
                })
            .parts
            .add(new Part(member, call));
      }
    }
    return calls;
  }

  /** Peeks for each member. */
  CompletionStage<GroupCall> peek() {
    List<BackendCall> peeks = new ArrayList<>(parts.size());
    for (Part part : parts) {
      peeks.add(GroupMember.peek(part.call().call()));
    }
    return Futures.handle(
        mode.decideAll(backend, peeks), (answers, thrown) -> record(answers, thrown, false));
  }

  /** Charges all members, or none. Members that the failure policy has decided take no part. */
  CompletionStage<GroupCall> hit() {
    parts.removeIf(part -> part.member().pendingCall() == null);
    if (parts.isEmpty()) {
      return CompletableFuture.completedFuture(this);
    }
    List<BackendCall> hits = new ArrayList<>(parts.size());
    for (Part part : parts) {
      hits.add(part.call().call());
    }
    return Futures.handle(
        mode.decideTogether(backend, hits),
        (answers, thrown) -> record(answers, thrown, answers != null && allGranted(hits, answers)));
  }

  private static boolean allGranted(List<BackendCall> hits, List<long[]> answers) {
    for (int i = 0; i < hits.size(); i++) {
      if (!hits.get(i).isGranted(answers.get(i))) {
        return false;
      }
    }
    return true;
  }

  private GroupCall record(
      @Nullable List<long[]> answers, @Nullable Throwable thrown, boolean charged) {
    RuntimeException first = null;
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      try {
        if (answers == null) {
          part.member().onFailure(part.call(), Futures.orUnknown(thrown));
        } else {
          part.member().onAnswer(part.call(), answers.get(i), charged);
        }
      } catch (RuntimeException e) {
        // The other members' listeners must receive their failure too (rule T8).
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
    return this;
  }
}
