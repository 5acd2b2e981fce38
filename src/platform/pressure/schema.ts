// How the statistics of every role show a signal of pressure.
import { Type } from 'typebox';

export const SignalSchema = (description: string) =>
  Type.Object(
    {
      value: Type.Number({ minimum: 0, description: 'In the last window' }),
      limit: Type.Number({ minimum: 0, description: 'From here on' }),
      over: Type.Boolean(),
    },
    { description },
  );
