/**
 * The operations a graph is made of: one record each, with the rule that gives the types of its
 * results. What an operation computes is in {@code backend}, its derivative in {@code autodiff},
 * its memory in {@code plan}.
 */
@NullMarked
package org.quadralib.graph.op;

import org.jspecify.annotations.NullMarked;
