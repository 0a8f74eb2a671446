import org.jspecify.annotations.NullMarked;

/** The API of Traffik, and the SPI for authors of backends. It depends only on the JDK. */
@NullMarked
module io.traffik {
  requires static org.jspecify;

  exports io.traffik;
  exports io.traffik.spi;
}
