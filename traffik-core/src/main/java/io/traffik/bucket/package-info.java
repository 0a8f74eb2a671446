/** The token-bucket arithmetic that all backends share: pure functions, no state and no clock. */
package io.traffik.bucket;
