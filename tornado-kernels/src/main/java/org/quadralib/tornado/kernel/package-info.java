/**
 * The kernels: static methods on flat arrays, in the part of Java that TornadoVM compiles.
 *
 * <p>All take the same arguments, because a kernel is compiled once and then serves every operation
 * of its kind.
 *
 * <ul>
 *   <li>{@code memory}: the slab of the plan. Element 0 counts the launches of a run.
 *   <li>{@code program}: the arguments of all launches, one block after another.
 *   <li>{@code counters}: for each unit where in {@code program} its next block begins. A block
 *       begins with a unit and the new value of its counter: thread 0 of each launch moves the
 *       counter of the unit that ran before, which no thread of this launch reads. So a step of any
 *       length runs without a transfer, and the same kernel never runs twice in a row in one unit.
 *   <li>{@code constants}: floating-point arguments.
 *   <li>{@code integers}: integer inputs of the graph.
 *   <li>{@code unit}: which counter is this kernel's.
 *   <li>{@code threads}, {@code blocked}: how the work is split. On a CPU each thread takes one
 *       contiguous block, on a GPU neighbours take neighbouring elements.
 * </ul>
 *
 * <p>Parallel loops run as they are on the JVM too. Kernels with a {@code KernelContext} use the
 * local memory of a GPU.
 */
@NullMarked
package org.quadralib.tornado.kernel;

import org.jspecify.annotations.NullMarked;
