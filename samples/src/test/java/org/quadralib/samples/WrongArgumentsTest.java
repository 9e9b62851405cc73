package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quadralib.models.ModelEntry;
import org.quadralib.models.Models;

/** Whatever a user may mistype is answered with one sentence and exit code 2. */
class WrongArgumentsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          trian                                  | there is no command 'trian' (did you mean 'train'?)
          train --epoch 3                        | there is no option '--epoch' (did you mean '--epochs'?)
          train extra                            | 'extra' is one argument too many
          train --model qcn                      | there is no model 'qcn' (did you mean 'qcnn'?)
          train --model xyz                      | the models are qcnn, qmlp
          train --data digit                     | did you mean 'digits'?
          train --data folder                    | --data-dir
          train --data digits --data-dir /nowhere | --data-dir does not go with --data digits
          train --out=                           | '--out': it is empty, name a file or folder
          train --data mnist --data-dir /nowhere | /nowhere
          train --epochs x                       | 'x' is not a whole number
          train --epochs 0                       | epochs must be at least 1
          train --epochs                         | --epochs
          train --batch -4                       | batch size must be at least 1
          train --batch 5000                     | fewer than a batch of 5000
          train --lr nan                         | 'nan' is not a number
          train --lr NaN                         | learning rate
          train --lr -1                          | learning rate
          train --lr 1e308                       | learning rate must be above 0, at most 3.4028235E38, but is 1.0E308
          train --lr 1e309                       | learning rate
          train --lr 0                           | learning rate
          train --lr 1e308 --schedule cosine     | learning rate
          train --lr 1e308 --schedule step       | learning rate
          train --lr -1 --schedule constant      | learning rate
          train --weight-decay -1                | weight decay
          train --weight-decay 1e300             | weight decay
          train --momentum NaN --optimizer sgd   | momentum
          train --label-smoothing NaN            | label smoothing
          train --clip NaN                       | gradient norm
          train --clip 1e300                     | gradient norm
          train --validation NaN                 | validation fraction
          train --schedule cosine --warmup -1    | --warmup must be from 0 to the 15 epochs of the run, not -1.0
          train --schedule cosine --warmup NaN   | --warmup must be from 0
          train --schedule cosine --warmup 1e300 | --warmup must be from 0
          train --backend vectr                  | (did you mean 'vector'?)
          train --momentum 1.5                   | momentum
          train --optimizer adm                  | choose one of sgd, adam, adamw, adadelta, not 'adm'
          train --optimizer adam --momentum 0.9  | --momentum and --nesterov belong to --optimizer sgd
          train --schedule two-cycle             | choose one of constant, step, cosine, one-cycle
          train --warmup 2                       | --schedule one-cycle warms up by itself
          train --backprop magic                 | choose one of autodiff, hybrid, block, auto, not 'magic'
          train --backprop auto                  | --memory
          train --batch max                      | --memory
          train --memory lots                    | 'lots' is not a size; write 256MiB
          train --memory 100KiB                  | take --backprop auto or a smaller batch
          train --backprop auto --memory 100KiB  | needs at least
          train --backend gpu                    | there is no backend 'gpu'
          train --tensorboard /dev/null/x        | /dev/null
          train --threads 0                      | --threads must be at least 1
          train --validation 1                   | validation fraction
          train --validation 0 --patience 3      | early stopping needs a validation set
          train --label-smoothing 1              | label smoothing
          train --clip 0                         | gradient norm
          train --crop -1                        | -1
          train --cutout -2                      | -2
          train --input 3x32                     | "3x32" is not an image shape
          train --input 1x8x8                    | --input goes with --data folder only
          train --seed 1e3                       | '1e3' is not a whole number
          train --weights /nowhere/w             | /nowhere/w: there is no such file
          train --resume /nowhere                | /nowhere: there is no such file or folder
          train --config /nowhere.yaml           | /nowhere.yaml: there is no such file
          models qcnn --classes 0                | at least 1 class
          models --input 0x8x8                   | not positive
          predict --weights a                    | '--input=FILE', '--output=FILE'
          evaluate                               | --weights
          evaluate --weights /nowhere/w          | /nowhere/w: there is no such file
          evaluate --weights x --batch 0         | --batch must be at least 1
          """)
  void isAnswered(String words, String fragment) {
    Cli.run(words).refused(fragment);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          epochs: 3;lrr: 0.1          | line 2: there is no option 'lrr' (did you mean 'lr'?)
          epochs: 3;lr: fast          | line 2: invalid value for option '--lr': 'fast' is not a number
          epochs: [1, 2]              | line 1: option 'epochs' needs one value
          optimizer:;  name: sgd      | line 1: option 'optimizer' needs one value
          epochs: 3;epochs: 4         | line 2, column 7: the key 'epochs' is there twice
          just words                  | line 1: write one option a line
          resume: runs/x              | line 1: there is no option 'resume'
          flip: maybe                 | 'maybe' is neither true nor false
          lr: "0.1                    | line 1, column 5: a quote is opened here and not closed
          """)
  void inAFileIsAnsweredWithItsLine(String lines, String fragment) throws Exception {
    Path file = Files.writeString(folder.resolve("run.yaml"), lines.replace(";", "\n"));
    Cli.run("train", "--config", file.toString()).refused("run.yaml", fragment);
  }

  @Test
  void aBinaryFileOfOptions() throws Exception {
    Path file = Files.write(folder.resolve("run.yaml"), new byte[] {'l', 'r', (byte) 0xff, 0});
    Cli.run("train", "--config", file.toString()).refused("run.yaml: this is not text in UTF-8");
    Cli.run("train", "--model", file.toString()).refused("run.yaml: this is not text in UTF-8");
  }

  @Test
  void aBuildWithWrongOptionsLeavesNoFolder() {
    Path out = folder.resolve("build");
    Cli.run("autobuild", "--from", "vgg11", "--budget", "parms=3", "--out", out.toString())
        .refused("'parms=3' is no budget");
    Cli.run("autobuild", "--from", "vgg11", "--out", out.toString()).refused("--budget");
    for (String wrong :
        List.of(
            "--data-dir /nowhere --data folder",
            "--neuron t3",
            "--mask 2",
            "--layers zzz",
            "--batch 0",
            "--lr 0",
            "--quadratic-lr-scale -1",
            "--final-epochs -1")) {
      List<String> command =
          new ArrayList<>(
              List.of("autobuild", "--from", "vgg11", "--width", "0.125", "--budget", "params=1M"));
      command.addAll(List.of("--out", out.toString()));
      command.addAll(List.of(wrong.split(" ", -1)));
      Cli.run(command.toArray(String[]::new)).refused("");
      assertFalse(Files.exists(out), wrong);
    }
    assertFalse(Files.exists(out));
  }

  @Test
  void whatCannotBeShownIsNotShown() {
    Cli.Answer answer =
        Cli.run("train", "--model", "\u001b[31mqc\nnn\u202e").refused("?[31mqc?nn?");
    assertTrue(answer.err().chars().noneMatch(c -> c == 0x1b || c == 0x202e), answer.err());
  }

  @Test
  void foldersThatCannotBeMadeAreNamedOnceWithTheReason() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x");
    for (Path out : List.of(file, file.resolve("sub"))) {
      Cli.Answer answer = Cli.run("train", "--model", "qmlp", "--quiet", "--out", out.toString());
      answer.refused("cannot make the folder " + out);
      assertEquals(2, answer.err().split(folder.toString(), -1).length, answer.err());
      assertTrue(
          answer.err().contains(out == file ? "a file of that name" : "Not a directory"),
          answer.err());
    }
  }

  @Test
  void modelsThatDoNotFitTheImagesSayWhyInTheTable() {
    Cli.Answer answer = Cli.run("models --input 1x1x1").ok();
    List<String> rows = answer.out().lines().skip(3).toList();
    assertEquals(Models.all().size(), rows.size(), answer.out());
    for (ModelEntry model : Models.all()) {
      assertTrue(rows.stream().anyMatch(row -> row.startsWith(model.name() + " ")), answer.out());
    }
    String qcnn = rows.stream().filter(row -> row.startsWith("qcnn")).findFirst().orElseThrow();
    assertTrue(qcnn.contains("cannot be had so: layer '6': MaxPool2d"), qcnn);
    String qmlp = rows.stream().filter(row -> row.startsWith("qmlp")).findFirst().orElseThrow();
    assertTrue(qmlp.contains("586"), qmlp);
  }

  @Test
  void aFolderIsNoConfiguration() {
    Cli.run("train", "--config", folder.toString()).refused(folder.toString());
  }

  @Test
  void stackTracesComeOnRequestOnly() {
    Cli.Answer answer = Cli.run("train --model xyz --stacktrace");
    assertTrue(answer.err().contains("\tat "), answer.err());
  }
}
