package io.traffik.redis.jedis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of calls for a limited number of connections. The next call is one of the client that
 * occupies the fewest connections; of several such clients, the one that has waited longest. So
 * clients are served in turn, and each client's calls in the order of arrival. No call overtakes
 * the line. All methods take constant time. The line remembers only clients that wait or occupy a
 * connection. Not thread-safe.
 *
 * @param <T> what waits
 */
final class FairLine<T> {

  static final int MAX_CONNECTIONS = 64;

  /**
   * A bit of a word for each number of connections. A client that occupies all counts as one less.
   */
  private static final int MAX_COUNTED = Long.SIZE - 1;

  private final Map<String, Client<T>> clients = new HashMap<>();

  /** The waiting clients by the number of connections that they occupy, in order of arrival. */
  private final List<LinkedHashSet<Client<T>>> waitingByOccupied;

  /** A bit for each set above that is not empty. */
  private long notEmpty;

  private int connections;
  private int occupied;
  private int waiting;

  /**
   * @param connections from 1 to 64
   */
  FairLine(int connections) {
    if (connections < 1 || connections > MAX_CONNECTIONS) {
      throw new IllegalArgumentException(
          "connections must be from 1 to " + MAX_CONNECTIONS + ": " + connections);
    }
    this.connections = connections;
    this.waitingByOccupied = new ArrayList<>();
    for (int count = 0; count <= Math.min(connections, MAX_COUNTED); count++) {
      waitingByOccupied.add(new LinkedHashSet<>());
    }
  }

  /** The place of a call in the line. */
  static final class Place<T> {
    private final Client<T> client;
    private final T call;

    private Place(Client<T> client, T call) {
      this.client = client;
      this.call = call;
    }

    T call() {
      return call;
    }

    String client() {
      return client.name;
    }
  }

  private static final class Client<T> {
    private final String name;
    private final LinkedHashSet<Place<T>> places = new LinkedHashSet<>();
    private int occupied;

    Client(String name) {
      this.name = name;
    }
  }

  /** The number of connections that may be occupied. */
  int connections() {
    return connections;
  }

  /**
   * Changes the number of connections. After a rise, {@link #next} must be called until it returns
   * null.
   *
   * @param connections from 0 to the initial number; fewer than are occupied take effect as
   *     connections are released
   */
  void resize(int connections) {
    this.connections = connections;
  }

  int occupied() {
    return occupied;
  }

  int waiting() {
    return waiting;
  }

  /** Occupies a connection if one is free. Nobody waits then. */
  boolean tryOccupy(String client) {
    if (occupied >= connections) {
      return false;
    }
    occupied++;
    clients.computeIfAbsent(client, Client::new).occupied++;
    return true;
  }

  /** Adds a call to the line. All connections must be occupied. */
  Place<T> add(String client, T call) {
    Client<T> entry = clients.computeIfAbsent(client, Client::new);
    Place<T> place = new Place<>(entry, call);
    entry.places.add(place);
    waiting++;
    if (entry.places.size() == 1) {
      enter(entry);
    }
    return place;
  }

  /** Removes a call that has ceased to wait. Returns false if its turn has come. */
  boolean remove(Place<T> place) {
    Client<T> client = place.client;
    if (!client.places.remove(place)) {
      return false;
    }
    waiting--;
    if (client.places.isEmpty()) {
      leave(client);
      forgetIfIdle(client);
    }
    return true;
  }

  /**
   * Frees a connection of a client, and gives it to the call whose turn it is.
   *
   * @return the place of that call, or null if nobody waits
   */
  @Nullable Place<T> release(String name) {
    Client<T> client = clients.get(name);
    if (client == null || client.occupied == 0) {
      throw new IllegalStateException("released a connection that was not occupied");
    }
    boolean waits = !client.places.isEmpty();
    if (waits) {
      leave(client);
    }
    client.occupied--;
    occupied--;
    if (waits) {
      enter(client);
    }
    forgetIfIdle(client);
    return next();
  }

  /** Gives a free connection to the call whose turn it is; null if none is free or nobody waits. */
  @Nullable Place<T> next() {
    return occupied >= connections || notEmpty == 0 ? null : takeNext();
  }

  private Place<T> takeNext() {
    Client<T> next = waitingByOccupied.get(Long.numberOfTrailingZeros(notEmpty)).iterator().next();
    leave(next);
    Iterator<Place<T>> places = next.places.iterator();
    Place<T> place = places.next();
    places.remove();
    waiting--;
    occupied++;
    next.occupied++;
    if (places.hasNext()) {
      enter(next);
    }
    return place;
  }

  private void enter(Client<T> client) {
    int count = counted(client);
    waitingByOccupied.get(count).add(client);
    notEmpty |= 1L << count;
  }

  private void leave(Client<T> client) {
    int count = counted(client);
    LinkedHashSet<Client<T>> set = waitingByOccupied.get(count);
    set.remove(client);
    if (set.isEmpty()) {
      notEmpty &= ~(1L << count);
    }
  }

  private static int counted(Client<?> client) {
    return Math.min(client.occupied, MAX_COUNTED);
  }

  private void forgetIfIdle(Client<T> client) {
    if (client.occupied == 0 && client.places.isEmpty()) {
      clients.remove(client.name);
    }
  }
}
