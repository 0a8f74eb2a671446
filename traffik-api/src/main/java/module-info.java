import org.jspecify.annotations.NullMarked;

/** Contracts and values of Traffik. Needs nothing but the JDK. */
@NullMarked
module io.traffik {
  requires static org.jspecify;

  exports io.traffik;
  exports io.traffik.spi;
}
