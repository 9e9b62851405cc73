package org.quadralib.samples;

import org.quadralib.data.ImageShape;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 3x32x32}. */
final class ImageShapeConverter implements ITypeConverter<ImageShape> {
  @Override
  public ImageShape convert(String text) {
    try {
      return ImageShape.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
