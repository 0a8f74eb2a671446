/** The token-bucket arithmetic that all backends share: pure functions without state or clock. */
package io.traffik.bucket;
