package org.quadralib.backend;

/**
 * What a device spent its time with, in nanoseconds by its own clock.
 *
 * @param kernel running kernels
 * @param transfer moving data between host and device
 * @param compile making kernels, at their first launch
 */
public record DeviceTimes(long kernel, long transfer, long compile) {
  /** Nothing. */
  public static final DeviceTimes NONE = new DeviceTimes(0, 0, 0);

  /** Both together. */
  public DeviceTimes plus(DeviceTimes other) {
    return new DeviceTimes(
        kernel + other.kernel, transfer + other.transfer, compile + other.compile);
  }
}
