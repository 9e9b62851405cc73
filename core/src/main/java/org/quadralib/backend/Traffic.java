package org.quadralib.backend;

/**
 * What has passed between the host and a device.
 *
 * @param sentBytes to the device
 * @param receivedBytes from the device
 * @param launches kernels started
 */
public record Traffic(long sentBytes, long receivedBytes, long launches) {
  /** Nothing, as where kernels work on the memory of this process. */
  public static final Traffic NONE = new Traffic(0, 0, 0);

  /** What has passed since an earlier time. */
  public Traffic since(Traffic earlier) {
    return new Traffic(
        sentBytes - earlier.sentBytes,
        receivedBytes - earlier.receivedBytes,
        launches - earlier.launches);
  }
}
