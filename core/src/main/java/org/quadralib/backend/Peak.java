package org.quadralib.backend;

/**
 * What a device can do at most, measured.
 *
 * @param gigaflops billions of floating-point operations a second, two for a multiply-add
 * @param gigabytes billions of bytes read and written a second
 */
public record Peak(double gigaflops, double gigabytes) {}
