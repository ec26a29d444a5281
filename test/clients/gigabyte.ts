import { flow, MiB } from './flow.ts';

// node test/clients/gigabyte.ts [MiB]: how much memory a gateway takes while so much flows up and down (1024 by default).
const mebibytes = Number(process.argv[2] ?? 1024);
const { warm, flows } = await flow(mebibytes * MiB, 32 * MiB);
const mib = (bytes: number): string => `${Math.round(bytes / MiB)} MiB`;
console.log(`warmed up: ${mib(warm)} resident at most`);
for (const { direction, bytes, seconds, peak } of flows) {
  const pace = Math.round(bytes / MiB / seconds);
  console.log(`${mib(bytes)} ${direction}: ${mib(peak)} resident at most, ${seconds.toFixed(1)} s, ${pace} MiB/s`);
}
