import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { recently } from "./recently.ts";

let keys = 0;
let key: string;
beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["Date"] });
  key = `key ${keys++}`;
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("a value is kept for its time, and not longer", async () => {
  let made = 0;
  const ask = () => recently(key, 1000, async () => ++made);
  assert.equal(await ask(), 1);
  mock.timers.tick(500);
  assert.equal(await ask(), 1);
  mock.timers.tick(1000);
  assert.equal(await ask(), 2);
});

test("near its end it is made anew once, and whoever asks meanwhile does not wait", async () => {
  let finish = (_: number) => {};
  let made = 0;
  const ask = () =>
    recently(key, 1000, () => {
      made += 1;
      return made === 1 ? Promise.resolve(1) : new Promise<number>((resolve) => (finish = resolve));
    });
  await ask();
  await turn();
  mock.timers.tick(800);
  assert.deepEqual([await ask(), await ask()], [1, 1]);
  assert.equal(made, 2);
  finish(2);
  await turn();
  assert.equal(await ask(), 2);
  mock.timers.tick(700);
  assert.equal(await ask(), 2, "its time counts from when it was asked for");
  assert.equal(made, 2);
});

test("a value that could not be made anew is given to its end, and then the error", async () => {
  let isDown = false;
  const ask = () =>
    recently(key, 1000, async () => {
      if (isDown) throw new Error("down");
      return 1;
    });
  await ask();
  await turn();
  isDown = true;
  mock.timers.tick(900);
  assert.equal(await ask(), 1);
  await turn();
  assert.equal(await ask(), 1);
  mock.timers.tick(200);
  await assert.rejects(ask(), /down/);
  isDown = false;
  assert.equal(await ask(), 1, "an error is not kept");
});

test("what is still being made is not made anew beside that", async () => {
  let finish = (_: number) => {};
  let made = 0;
  const ask = () =>
    recently(key, 1000, () => {
      made += 1;
      return new Promise<number>((resolve) => {
        finish = resolve;
      });
    });
  const first = ask();
  mock.timers.tick(900);
  const second = ask();
  assert.equal(made, 1);
  finish(1);
  assert.deepEqual(await Promise.all([first, second]), [1, 1]);
});
