package org.quadralib.graph.op;

import java.util.List;
import java.util.Locale;

/**
 * The kinds of quadratic neuron. With {@code A = Wa x + ba}, {@code B = Wb x + bb}, {@code C = Wc x
 * + bc} and {@code S = Ws x² + bs}, where {@code x} is the neuron's input (for a convolution: its
 * patch), products of maps and squares are taken element by element.
 */
public enum NeuronType {
  /** {@code C}: the ordinary neuron. */
  FIRST_ORDER("C", Map.C),
  /** {@code xᵀ Wq x + C}: Zoumpourlis 2017, Jiang 2020, Mantini & Shah 2021. */
  T1("xᵀQx + C", Map.Q, Map.C),
  /** {@code xᵀ Wq x}. */
  T1_PURE("xᵀQx", Map.Q),
  /** {@code Wa x² + ba}. */
  T2("Wa x²", Map.S),
  /** {@code A²}: DeClaris & Su 1991. */
  T3("A²", Map.A),
  /** {@code A ∘ B}: Bu & Karpatne 2021 (QRes). */
  T4("A∘B", Map.A, Map.B),
  /** {@code xᵀ Wq x + S}: Milenkovic 1996. */
  T1_AND_2("xᵀQx + S", Map.Q, Map.S),
  /** {@code A ∘ B + S}: Fan 2018. */
  T2_AND_4("A∘B + S", Map.A, Map.B, Map.S),
  /** {@code A ∘ B + C}: Xu et al. 2022. */
  QUADRA("A∘B + C", Map.A, Map.B, Map.C);

  /** The weights a neuron can have. */
  public enum Map {
    /** First factor. */
    A,
    /** Second factor. */
    B,
    /** First-order term. */
    C,
    /** Map of the squared input. */
    S,
    /** Full quadratic form {@code [out, n, n]}, {@code n} the length of the neuron's input. */
    Q
  }

  private final String formula;
  private final List<Map> maps;

  NeuronType(String formula, Map... maps) {
    this.formula = formula;
    this.maps = List.of(maps);
  }

  /** The name as options and architectures have it: {@code t2-and-4}. */
  public String written() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The formula, for people. */
  public String formula() {
    return formula;
  }

  /** Its weights, in the order in which operations and layers take them. */
  public List<Map> maps() {
    return maps;
  }

  /** Its weights that may carry a bias: all but the quadratic form. */
  public List<Map> biasedMaps() {
    return maps.stream().filter(map -> map != Map.Q).toList();
  }
}
