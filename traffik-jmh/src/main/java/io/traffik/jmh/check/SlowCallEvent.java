package io.traffik.jmh.check;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A flight recorder event for a slow call of a limiter. */
@Name(SlowCallEvent.NAME)
@Label("Slow call")
@Category("Traffik")
@StackTrace(false)
final class SlowCallEvent extends Event {

  static final String NAME = "io.traffik.SlowCall";
  static final String CPU_NANOS = "cpuNanos";

  @Label("Processor time of the call in nanoseconds")
  long cpuNanos;
}
