/**
 * Image data sets and the road from their files to training batches.
 *
 * <pre>
 * Datasets.open(name, dir, options)  ->  DataSplits(train, validation, test)   uint8 [C, H, W]
 * DataLoader over one of them        ->  BatchStream of an epoch               float32 [N, C, H, W]
 * </pre>
 *
 * <p>Everything random is a function of {@code (seed, epoch, index of the example)}, never of a
 * thread or of the order of work: a run that is resumed in the middle of an epoch sees the same
 * bits as one that never stopped.
 *
 * <p>Files are not trusted. Lengths are bounded before anything is allocated, and what cannot be
 * read is a {@link org.quadralib.data.DataException} that names the file.
 */
@NullMarked
package org.quadralib.data;

import org.jspecify.annotations.NullMarked;
